"""What this room does when the platform starts."""

from __future__ import annotations

from support.platform.services import Services


def start(services: Services) -> None:
    """Makes the vector store ready."""
    services.vectors.open(services.database)
