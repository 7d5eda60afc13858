"""What this room does when the platform starts and stops."""

from __future__ import annotations

from support.platform.optimizations.service import engine_of
from support.platform.services import Services


def start(services: Services) -> None:
    """Takes up what a former process left unfinished."""
    engine_of(services).open()


def stop(services: Services) -> None:
    """Leaves what is under way to the next process."""
    engine_of(services).close()
