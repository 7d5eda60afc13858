"""What becomes of nodes that the cloud takes back: drained and replaced, by the cloud's record of calls and of usage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from support.drivers.cloud import OPTIMIZATION_TAG
from support.drivers.history import CloudCall, UsageEntry
from support.expectation import expect
from support.witness.rollout import Rollout


@dataclass(frozen=True)
class TakenBack:
    """Spot nodes that the cloud has claimed: since when that is known, and when they are gone."""

    instance_ids: frozenset[str]
    since: datetime
    gone: datetime


@dataclass(frozen=True)
class Service:
    """Who was in service on OptiInfra's nodes, at any moment."""

    rollout: Rollout
    usage: tuple[UsageEntry, ...]

    def at(self, moment: datetime) -> frozenset[str]:
        """The living nodes that got traffic at the end of that moment."""
        members = self.rollout.members_until(moment)
        return frozenset(entry.instance_id for entry in self.usage if entry.instance_id in members and _lives(entry, moment))


def expect_drained(taken: TakenBack, calls: Iterable[CloudCall]) -> None:
    """AssertionError when one of the nodes was in service and was not taken out of it before it was gone."""
    still = Rollout.of(calls).members_until(taken.gone) & taken.instance_ids
    expect(not still, lambda: f"the nodes should be drained by {taken.gone:%H:%M:%S}, when they are gone, but still in service: {', '.join(still)}")


def expect_replaced(taken: TakenBack, calls: Iterable[CloudCall], usage: Iterable[UsageEntry], by: datetime) -> None:
    """AssertionError when, by that time, fewer other nodes are in service than before any was taken back, or none was launched for them."""
    service = Service(Rollout.of(calls), tuple(usage))
    before = {entry.instance_id for entry in service.usage if entry.launched < taken.since} & service.at(taken.since)
    after = service.at(by) - taken.instance_ids
    launched = [entry for entry in service.usage if OPTIMIZATION_TAG in entry.tags and taken.since <= entry.launched <= by]
    wanted = len(before | taken.instance_ids)
    told = f"{len(launched)} were launched between {taken.since:%H:%M:%S} and {by:%H:%M:%S}, and {len(after)} are in service instead of {wanted}"
    kept = len(after) >= wanted and len(launched) >= len(taken.instance_ids)
    expect(kept, lambda: f"each of the {len(taken.instance_ids)} nodes should be replaced by {by:%H:%M:%S}, but {told}")


def expect_all_drained(taken: Iterable[TakenBack], calls: Collection[CloudCall]) -> None:
    """AssertionError when any of them was not drained."""
    for each in taken:
        expect_drained(each, calls)


def expect_all_replaced(taken: Iterable[TakenBack], calls: Collection[CloudCall], usage: Collection[UsageEntry], limit: timedelta) -> None:
    """AssertionError when any of them was not replaced within that time of being claimed."""
    for each in taken:
        expect_replaced(each, calls, usage, each.since + limit)


def expect_launched(usage: Collection[UsageEntry], count: int) -> None:
    """AssertionError when OptiInfra has launched another number of nodes in all."""
    ours = [entry for entry in usage if OPTIMIZATION_TAG in entry.tags]
    kinds = Counter(f"{entry.instance_type} {entry.lifecycle.replace('_', ' ')} in {entry.availability_zone}" for entry in ours)
    listed = ", ".join(f"{number} x {kind}" for kind, number in sorted(kinds.items())) or "none"
    expect(len(ours) == count, lambda: f"OptiInfra should have launched {count} nodes in all, but it launched {len(ours)}: {listed}")


def expect_partly_fulfilled(calls: Iterable[CloudCall], usage: Iterable[UsageEntry]) -> None:
    """AssertionError when whatever OptiInfra asked to be launched, and was not refused altogether, was launched in full."""
    asked: Counter[datetime] = Counter()
    for call in Rollout.of(calls).calls:
        if call.action == "RunInstances":
            asked[call.time] += int(call.parameters["MaxCount"])
    given = Counter(entry.launched for entry in usage if OPTIMIZATION_TAG in entry.tags)
    told = ", ".join(f"{given[moment]} of {count} at {moment:%H:%M:%S}" for moment, count in sorted(asked.items())) or "nothing was asked for"
    expect(any(given[moment] < count for moment, count in asked.items()), lambda: f"a request should be fulfilled in part, but launched were: {told}")


def _lives(entry: UsageEntry, moment: datetime) -> bool:
    return entry.launched <= moment and (entry.terminated is None or entry.terminated > moment)
