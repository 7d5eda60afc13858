"""Calls of OptiInfra that the world keeps waiting: the instants at which a scenario wants something to happen in between."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Literal

When = Literal["before", "after"]


@dataclass
class Hold:
    """Keeps one call waiting: the one that follows `after` others of its action. `before` it is carried out, or `after` that and before its answer.

    A call whose caller is gone when it is let go is carried out no more, and answered to nobody.
    """

    service: str
    action: str
    when: When
    after: int = 0
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def strikes(self, service: str, action: str) -> bool:
        """Whether this call is the one; counts the call."""
        if self.reached.is_set() or (self.service, self.action) != (service, action):
            return False
        self.after -= 1
        if self.after >= 0:
            return False
        self.reached.set()
        return True


@dataclass
class Holds:
    """The holds of one account."""

    _holds: dict[str, Hold] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def add(self, hold: Hold) -> str:
        """Declares a hold; its id."""
        identifier = f"hold-{next(self._numbers)}"
        self._holds[identifier] = hold
        return identifier

    def __getitem__(self, identifier: str) -> Hold:
        """The hold of that id; KeyError where there is none."""
        return self._holds[identifier]

    def release(self, identifier: str) -> None:
        """Lets the call go, and keeps no other; KeyError where there is no such hold."""
        self._holds.pop(identifier).released.set()

    def striking(self, service: str, action: str) -> Hold | None:
        """The hold that keeps this call, if any; counts the call for every hold that it could have struck."""
        struck = [hold for hold in self._holds.values() if hold.strikes(service, action)]
        return struck[0] if struck else None
