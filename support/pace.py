"""What a wait needs to know of time: look when nothing more is about to happen, then go on to when something may."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Pace(Protocol):
    """The customer's time as a target offers it. All instants are aware, in UTC."""

    async def now(self) -> datetime:
        """The customer's time, nothing more."""
        ...

    async def settled(self) -> datetime:
        """The customer's time once nobody has work in flight (where that can be known)."""
        ...

    async def onward(self, not_after: datetime) -> datetime:
        """Goes on to the next instant at which something may have changed, never beyond `not_after`; settled there."""
        ...
