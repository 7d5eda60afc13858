"""What the orchestrator does when the platform starts."""

from __future__ import annotations

from support.platform.orchestrator import registry, tasks
from support.platform.orchestrator.built_in import ensure_registered
from support.platform.services import Services


def start(services: Services) -> None:
    """Registers the built-in agents; watches the others and their work."""
    ensure_registered(services)
    registry.watch_all(services)
    tasks.resume(services)
