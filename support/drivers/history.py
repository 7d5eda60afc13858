"""What the world remembers: every AWS call, every request of a user, every price and every second of usage; and what an account holds.

Witnesses judge from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from support import words
from support.drivers.record import Record


class CloudCall(Record):
    """One AWS request: `error_code` is None where it was carried out."""

    sequence: int
    time: datetime
    service: str
    action: str
    parameters: Mapping[str, Any]
    status: int
    error_code: str | None = None
    principal: str | None = None

    @property
    def carried_out(self) -> bool:
        """Whether AWS did what was asked."""
        return self.error_code is None

    def __str__(self) -> str:
        return f"{self.time:%H:%M:%S} {self.service}:{self.action}{'' if self.error_code is None else f' {self.error_code}'}"


class UserRequest(Record):
    """One request of a customer's user, as the front door saw it; `instance_id` is None where no node could take it."""

    time: datetime
    target_group: str | None = None
    instance_id: str | None = None
    status: int

    @property
    def served(self) -> bool:
        """Whether the user got an answer."""
        return 200 <= self.status < 300

    def __str__(self) -> str:
        return f"{self.time:%H:%M:%S} {self.status} by {self.instance_id or 'nobody'} ({self.target_group or 'no target group'})"


class PriceStep(Record):
    """From `time` on an hour costs `price` US dollars."""

    time: datetime
    price: Decimal


class UsageEntry(Record):
    """One instance's life."""

    instance_id: str
    instance_type: str
    availability_zone: str
    lifecycle: words.Lifecycle
    launched: datetime
    terminated: datetime | None = None
    tags: Mapping[str, str]


class Holding(Record):
    """One thing that is in an account at this moment."""

    kind: Literal["node", "target group", "setting"]
    name: str
    tags: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class OnDemandPrices(Record):
    """US dollars an hour by instance type, as published."""

    prices: Mapping[str, Decimal]
    source: str
    date: str
