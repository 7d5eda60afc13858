"""What this room does when the platform starts."""

from __future__ import annotations

from support.platform.recommendations import lapse
from support.platform.services import Services


def start(services: Services) -> None:
    """Everything that was pending when the platform ended lapses at its time again."""
    lapse.arm_all(services)
