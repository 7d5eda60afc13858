"""What the world knows of each AWS account beyond what moto keeps: deliveries, behaviour, faults, and history."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.events.models import EventPattern

from support.world.aws.faults import Faults
from support.world.aws.holds import Holds
from support.world.aws.market import Market
from support.world.aws.usage import Usage
from support.world.front_door.rotation import Rotation
from support.world.models.answers import Answers
from support.world.models.behaviour import Workload
from support.world.models.meters import Meters


@dataclass(frozen=True)
class Call:
    """One AWS request: `error_code` is None where it was carried out."""

    sequence: int
    time: datetime
    service: str
    action: str
    parameters: bytes
    """In JSON."""
    status: int
    error_code: str | None
    principal: str | None


@dataclass(frozen=True)
class UserRequest:
    """One request that came to a load balancer; `latency_ms` is what the user would have waited."""

    time: datetime
    load_balancer: str
    target_group: str | None
    instance_id: str | None
    status: int
    latency_ms: str | None


@dataclass
class Delivery:
    """Where the account's EC2 events are sent, and which of them."""

    url: str
    token: str
    rule: EventPattern


@dataclass
class Account:
    """One AWS account. Everything of one account is independent of every other."""

    number: str
    market: Market
    delivery: Delivery | None = None
    faults: Faults = field(default_factory=Faults)
    holds: Holds = field(default_factory=Holds)
    usage: Usage = field(default_factory=Usage)
    workloads: defaultdict[str, Workload] = field(default_factory=lambda: defaultdict(Workload))
    meters: Meters = field(default_factory=Meters)
    answers: Answers = field(default_factory=Answers)
    balancers: dict[str, Rotation] = field(default_factory=dict)
    utilization: dict[str, dict[str, float]] = field(default_factory=dict)
    launches: dict[tuple[str, str], tuple[bytes, str]] = field(default_factory=dict)
    """(region, client token) -> (fingerprint of the request, reservation id)."""
    page_size: int | None = None
    """How many entries AWS lists at most on one page, where a scenario makes it fewer than the caller asks for."""
    calls: list[Call] = field(default_factory=list)
    requests: list[UserRequest] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    answered: int = 0

    def page(self, wanted: int) -> int:
        """How many entries a page has of which the caller, or AWS where the caller does not say, wants so many."""
        return min(self.page_size or wanted, wanted)

    def next_answer(self) -> int:
        """Numbers the answers of the account's model servers."""
        self.answered += 1
        return self.answered


class Accounts:
    """All accounts, made at their first mention; and whose access keys are whose."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._accounts: dict[str, Account] = {}
        self._keys: dict[str, tuple[str, str | None]] = {}

    def __getitem__(self, number: str) -> Account:
        """The account of that number."""
        found = self._accounts.get(number)
        if found is None:
            found = self._accounts[number] = Account(number, Market(self._seed))
        return found

    def remember_key(self, access_key: str, number: str, principal: str) -> None:
        """An assumed role's temporary key."""
        self._keys[access_key] = (number, principal)

    def of_key(self, access_key: str | None) -> tuple[str, str | None]:
        """The account of a key and its principal; a key of no account of ours belongs to the organisation's own account."""
        return self._keys.get(access_key or "", (ORGANISATION, None))


ORGANISATION = "123456789012"
"""The account of whoever has not assumed a role: moto's default account."""
