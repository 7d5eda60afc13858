"""What identity does when the platform starts."""

from __future__ import annotations

from support.platform.identity.service import ensure_administrator
from support.platform.services import Services


def start(services: Services) -> None:
    """Makes the administrator that the settings ask for."""
    ensure_administrator(services)
