"""How long the suite waits for what, and by whose clock: one record, a sentence for each kind of wait, one scale factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from support.pace import Pace
from support.vocabulary import Duration


@dataclass(frozen=True)
class Limit:
    """One kind of wait: its name, its length in the customer's time, what it bounds, and the clock that measures it."""

    name: str
    length: timedelta
    bounds: str
    pace: Pace

    def __str__(self) -> str:
        return f"{self.name}, {spoken(self.length)}: {self.bounds}"


@dataclass(frozen=True)
class Patience:
    """Every kind of wait of the suite. Lengths are the domain's own time limits, multiplied by the target's scale."""

    discovery: Limit
    analysis: Limit
    decision: Limit
    wave: Limit
    watch_period: Limit
    migration: Limit
    sequence: Limit
    rollback: Limit
    reclaim: Limit
    monitoring: Limit

    @classmethod
    def measured_by(cls, pace: Pace, scale: Decimal = Decimal(1)) -> Patience:
        """The patience of a target whose time is told by `pace`; `scale` stretches every length alike."""

        def limit(name: str, seconds: int, bounds: str) -> Limit:
            return Limit(name, timedelta(seconds=float(seconds * scale)), bounds, pace)

        return cls(
            discovery=limit("discovery", 60, "from the role being accepted until every instance and deployment is listed"),
            analysis=limit("analysis", 60, "from the request, or from a completed discovery, until the recommendation is there"),
            decision=limit("decision", 30, "from an approval, a rejection or a settlement until it shows everywhere"),
            wave=limit("wave", 240, "from the start of a wave until its verdict: the watch period of three minutes and the change itself"),
            watch_period=limit("watch period", 180, "how long a wave is watched before the next may start"),
            migration=limit("migration", 600, "a whole migration, watch periods included"),
            sequence=limit("sequence", 1200, "two changes, one after the other"),
            rollback=limit("rollback", 300, "from the trigger until everything is as it was before the change"),
            reclaim=limit("reclaim", 120, "the cloud's notice: a node must be drained and replaced within it"),
            monitoring=limit("monitoring", 600, "until every agent has looked again by itself: monitoring goes on every five minutes"),
        )


def spoken(length: timedelta) -> str:
    """A length as one says it: `3 minutes`, `90 seconds`, `2 hours`."""
    return str(Duration(seconds=length.total_seconds()))
