"""The waves of a rollout as AWS was asked for them: which share of the traffic went to spot, and from when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from support.drivers.history import CloudCall
from support.expectation import expect

WATCH_PERIOD = timedelta(minutes=3)


@dataclass(frozen=True)
class Share:
    """From `time` on, `percent` of the traffic goes to the target group for spot nodes."""

    time: datetime
    percent: Decimal

    def __str__(self) -> str:
        return f"{self.percent:f}% from {self.time:%H:%M:%S}"


def shares_of(calls: Iterable[CloudCall]) -> tuple[Share, ...]:
    """Every change of the spot share that was carried out, in order; repetitions of the same share are left out."""
    shares: list[Share] = []
    for call in calls:
        if call.action in {"ModifyListener", "ModifyRule"} and call.carried_out:
            share = Share(call.time, spot_percent(call))
            if not shares or shares[-1].percent != share.percent:
                shares.append(share)
    return tuple(shares)


def expect_waves(calls: Iterable[CloudCall], percents: Sequence[Decimal]) -> None:
    """AssertionError when the traffic did not move in exactly these waves, each but the last watched for the whole watch period."""
    shares = [share for share in shares_of(calls) if share.percent > 0]
    told = ", ".join(map(str, shares)) or "none went to spot"
    expect([share.percent for share in shares] == list(percents), lambda: f"the traffic should move in waves of {_listed(percents)}, but: {told}")
    watched = [later.time - earlier.time for earlier, later in pairwise(shares)]
    expect(all(period >= WATCH_PERIOD for period in watched), lambda: f"each wave should be watched for 3 minutes before the next, but: {told}")


def expect_never_above(calls: Iterable[CloudCall], most: Decimal) -> None:
    """AssertionError when more than that share ever went to spot, or none at all (then nothing was tried)."""
    shares = shares_of(calls)
    told = ", ".join(map(str, shares)) or "none went to spot"
    highest = max((share.percent for share in shares), default=Decimal(0))
    expect(0 < highest <= most, lambda: f"some traffic, and never more than {most:f}%, should have gone to spot, but: {told}")


def is_spot_group(arn: str) -> bool:
    """Whether the target group is the one that OptiInfra makes for spot nodes."""
    return "-spot/" in arn


def spot_percent(call: CloudCall) -> Decimal:
    """How much of the traffic goes to spot once this change of a listener or a rule is carried out."""
    groups = [
        group for action in call.parameters.get("DefaultActions") or call.parameters["Actions"] for group in action["ForwardConfig"]["TargetGroups"]
    ]
    total = sum(int(group["Weight"]) for group in groups)
    spot = sum(int(group["Weight"]) for group in groups if is_spot_group(group["TargetGroupArn"]))
    return Decimal(100 * spot) / total if total else Decimal(0)


def _listed(percents: Sequence[Decimal]) -> str:
    return ", ".join(f"{Decimal(percent):f}%" for percent in percents)
