"""The spot market of one account: price curves from a seed, capacity, interruption rates; each can be overridden for a pool.

A pool is an instance type in an availability zone. The seeded price is a share of the on-demand price around a level of the pool between 30 and
45%, and changes by at most three points at each quarter of an hour of the world's time: the same for a seed, a pool and a moment, always.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from support.world.aws.on_demand import price_list

STEP = timedelta(minutes=15)
INTERRUPTION_RATES = {
    "g4dn": "0.03",
    "g5": "0.04",
    "g6": "0.04",
    "g6e": "0.08",
    "p4d": "0.12",
    "p4de": "0.16",
    "p5": "0.18",
    "c6i": "0.03",
    "m6i": "0.03",
}
"""How often spot capacity of a family is taken back in a month, as a ratio; families that are not named: 0.10."""
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_CENTS = Decimal("0.0001")


@dataclass(frozen=True)
class Step:
    """From `time` on an hour costs `price` US dollars."""

    time: datetime
    price: Decimal


@dataclass
class Override:
    """What a scenario has declared of a pool; None: as seeded."""

    steps: tuple[Step, ...] | None = None
    capacity: int | None = None
    interruption_rate: Decimal | None = None


class Market:
    """One account's spot market."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._overrides: dict[tuple[str, str], Override] = {}

    def override(self, instance_type: str, zone: str) -> Override:
        """The override of a pool (`*` and a region's name before it: of all the type's pools in that region), to be changed."""
        return self._overrides.setdefault((instance_type, zone), Override())

    @property
    def declared_types(self) -> frozenset[str]:
        """The instance types of whose pools anything was declared."""
        return frozenset(instance_type for instance_type, _ in self._overrides)

    def steps(self, instance_type: str, zone: str, start: datetime, end: datetime) -> list[Step]:
        """The price in force at `start`, with the time since when, and each change until `end`. Empty where the type is not sold."""
        seeded = self._seeded(instance_type, zone, start, end)
        declared = self._declared(instance_type, zone)
        if not declared:
            return seeded
        first = declared[0].time
        before = [step for step in seeded if step.time < first] if start < first else []
        in_force = [step for step in declared if step.time <= start][-1:]
        return [*before, *in_force, *(step for step in declared if start < step.time <= end)]

    def price(self, instance_type: str, zone: str, when: datetime) -> Decimal | None:
        """The price of an hour at a moment."""
        found = self.steps(instance_type, zone, when, when)
        return found[-1].price if found else None

    def capacity(self, instance_type: str, zone: str) -> int | None:
        """How many instances the pool can hold; None: as many as are asked for."""
        for found in self._found(instance_type, zone):
            if found.capacity is not None:
                return found.capacity
        return None

    def interruption_rate(self, instance_type: str, zone: str) -> Decimal:
        """The pool's monthly rate of interruption, as a ratio."""
        for found in self._found(instance_type, zone):
            if found.interruption_rate is not None:
                return found.interruption_rate
        return Decimal(INTERRUPTION_RATES.get(instance_type.split(".")[0], "0.10"))

    def _found(self, instance_type: str, zone: str) -> list[Override]:
        names = (zone, f"{zone[:-1]}*")
        return [self._overrides[(instance_type, name)] for name in names if (instance_type, name) in self._overrides]

    def _declared(self, instance_type: str, zone: str) -> tuple[Step, ...]:
        for found in self._found(instance_type, zone):
            if found.steps is not None:
                return found.steps
        return ()

    def _seeded(self, instance_type: str, zone: str, start: datetime, end: datetime) -> list[Step]:
        if price_list().price(instance_type, zone[:-1]) is None:
            return []
        first = (start - _EPOCH) // STEP
        steps: list[Step] = []
        for number in range(first, (end - _EPOCH) // STEP + 1):
            price = _seeded_price(self._seed, instance_type, zone, number)
            if not steps or steps[-1].price != price:
                steps.append(Step(_EPOCH + number * STEP, price))
        return steps


@lru_cache(maxsize=65_536)
def _seeded_price(seed: int, instance_type: str, zone: str, quarter: int) -> Decimal:
    on_demand = price_list().price(instance_type, zone[:-1])
    assert on_demand is not None, f"{instance_type} is not sold in {zone}"
    level = 315 + _draw(f"{seed}/{instance_type}/{zone}", 121)
    swing = _draw(f"{seed}/{instance_type}/{zone}/{quarter}", 31) - 15
    return (on_demand * Decimal(level + swing) / 1000).quantize(_CENTS)


def _draw(what: str, sides: int) -> int:
    """A number below `sides` that depends on what it is for, and on nothing else."""
    return int.from_bytes(hashlib.blake2b(what.encode(), digest_size=8).digest()) % sides
