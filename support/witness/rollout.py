"""What OptiInfra did to a fleet, by the cloud's own record: in the record's order, which tells apart what happens at one instant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from support import words
from support.drivers.api.optimizations import Optimization
from support.drivers.history import CloudCall, UsageEntry
from support.expectation import expect
from support.witness.changes import changes
from support.witness.waves import is_spot_group, spot_percent

STEPS = words.words(words.MigrationStep)
LAUNCH, END = "spot capacity is launched", "on-demand capacity is ended"
SHOWN_AS = {
    "create_spot_instances": LAUNCH,
    "deploy_canary": "10% of the traffic goes to spot",
    "scale_to_50_percent": "50% of the traffic goes to spot",
    "full_migration": "100% of the traffic goes to spot",
    "terminate_ondemand": END,
}
"""How the cloud sees each step that changes anything; the other two only watch."""


@dataclass(frozen=True)
class Milestone:
    """The first time that OptiInfra asked the cloud for something of a kind, and was given it."""

    what: str
    call: CloudCall

    def __str__(self) -> str:
        return f"{self.what} at {self.call.time:%H:%M:%S}"


@dataclass(frozen=True)
class Rollout:
    """Every change that OptiInfra asked for and that was carried out."""

    calls: tuple[CloudCall, ...]

    @classmethod
    def of(cls, calls: Iterable[CloudCall]) -> Rollout:
        """From the account's whole history."""
        return cls(tuple(call for call in changes(calls) if call.carried_out))

    def milestones(self) -> tuple[Milestone, ...]:
        """In order, each once: the first launch on spot, each share of the traffic, the end of the first node."""
        found: dict[str, Milestone] = {}
        for call in self.calls:
            what = _meaning(call)
            if what is not None:
                found.setdefault(what, Milestone(what, call))
        return tuple(found.values())

    def members_before(self, call: CloudCall) -> frozenset[str]:
        """The nodes that were in service on spot when that call was made."""
        return self._members(each for each in self.calls if each.sequence < call.sequence)

    def members_until(self, moment: datetime) -> frozenset[str]:
        """The nodes that were in service on spot when everything of that moment was done."""
        return self._members(each for each in self.calls if each.time <= moment)

    @staticmethod
    def _members(calls: Iterable[CloudCall]) -> frozenset[str]:
        members: set[str] = set()
        for each in calls:
            if each.action in {"RegisterTargets", "DeregisterTargets"} and is_spot_group(each.parameters["TargetGroupArn"]):
                ids = {target["Id"] for target in each.parameters["Targets"]}
                members = members | ids if each.action == "RegisterTargets" else members - ids
        return frozenset(members)

    def widenings(self) -> tuple[CloudCall, ...]:
        """The calls by which more of the traffic went to spot than ever before."""
        found: list[CloudCall] = []
        highest = Decimal(0)
        for call in self.calls:
            if call.action == "ModifyListener" and (share := spot_percent(call)) > highest:
                found.append(call)
                highest = share
        return tuple(found)

    def endings(self, nodes: Collection[str]) -> tuple[CloudCall, ...]:
        """The calls that ended any of these nodes."""
        return tuple(call for call in self.calls if call.action == "TerminateInstances" and set(call.parameters["InstanceIds"]) & set(nodes))


def expect_seven_steps(change: Optimization) -> None:
    """AssertionError when the change did not take its seven steps in their order, each ended before the next began."""
    names = tuple(step.name for step in change.execution_steps)
    expect(names == STEPS, lambda: f"a migration should have the steps {', '.join(STEPS)}, but it has {', '.join(names)}")
    times = [time for step in change.execution_steps for time in (step.started_at, step.finished_at)]
    told = "\n".join(f"  {step.name} {step.status}: {step.started_at} to {step.finished_at}" for step in change.execution_steps)
    done = all(step.status == "completed" for step in change.execution_steps)
    known = [time for time in times if time is not None]
    ordered = len(known) == len(times) and known == sorted(known)
    expect(done and ordered, lambda: f"each step should be completed before the next begins, but:\n{told}")


def expect_seen_in_step(change: Optimization, calls: Iterable[CloudCall]) -> None:
    """AssertionError when the cloud did not see each step's change, in the steps' order and while that step was under way."""
    seen = Rollout.of(calls).milestones()
    told = ", ".join(map(str, seen)) or "nothing"
    expected = [SHOWN_AS[step] for step in STEPS if step in SHOWN_AS]
    expect([each.what for each in seen] == expected, lambda: f"the cloud should see: {', '.join(expected)}; but it saw: {told}")
    for step, milestone in zip(SHOWN_AS, seen, strict=True):
        taken = change.step(step)
        within = _within(milestone.call.time, taken.started_at, taken.finished_at)
        expect(within, lambda: f"{step} says it ran from {taken.started_at} to {taken.finished_at}, but the cloud saw: {told}")  # noqa: B023 - asked at once


def expect_no_step_after_failure(change: Optimization) -> None:
    """AssertionError when no step failed, or when a step after it was begun."""
    names = [step.name for step in change.execution_steps]
    failed = [step.name for step in change.execution_steps if step.error is not None]
    expect(len(failed) == 1, lambda: f"one step should have failed, but {', '.join(failed) or 'none'} did: {change}")
    begun = [step.name for step in change.execution_steps[names.index(failed[0]) + 1 :] if step.started_at is not None]
    expect(not begun, lambda: f"no step should begin after {failed[0]} has failed, but {', '.join(begun)} did")


def expect_nodes_in_waves(calls: Iterable[CloudCall], counts: Sequence[int]) -> None:
    """AssertionError when other numbers of spot nodes than these were in service when the waves' traffic came to them."""
    rollout = Rollout.of(calls)
    served = [len(rollout.members_before(call)) for call in rollout.widenings()]
    told = ", ".join(f"{nodes} for {spot_percent(call):f}%" for nodes, call in zip(served, rollout.widenings(), strict=True)) or "no wave at all"
    expect(served == list(counts), lambda: f"{', then '.join(map(str, counts))} spot nodes should carry the waves, but these did: {told}")


def expect_old_capacity_last(calls: Iterable[CloudCall], usage: Iterable[UsageEntry], owned: Sequence[str], replaced: Collection[str]) -> None:
    """AssertionError when a replaced node was ended before as many healthy spot nodes had all of the replaced nodes' traffic."""
    rollout = Rollout.of(calls)
    endings = rollout.endings(owned)
    if not endings:
        raise AssertionError("the replaced nodes should have been ended, but OptiInfra has ended none of the customer's nodes")
    first = endings[0]
    share = max((spot_percent(call) for call in rollout.widenings() if call.sequence < first.sequence), default=Decimal(0))
    living = {entry.instance_id for entry in usage if entry.launched <= first.time and (entry.terminated is None or entry.terminated > first.time)}
    healthy = rollout.members_before(first) & living
    enough = share * len(owned) >= 100 * len(replaced) and len(healthy) >= len(replaced)
    told = f"when {len(replaced)} of {len(owned)} nodes were ended, {len(healthy)} healthy spot nodes had {share:f}% of the traffic"
    expect(enough, lambda: f"on-demand capacity should be ended last, but {told}")


def expect_only_ended(usage: Iterable[UsageEntry], owned: Collection[str], replaced: Collection[str]) -> None:
    """AssertionError when of the customer's own nodes others than these have been ended."""
    ended = {entry.instance_id for entry in usage if entry.instance_id in owned and entry.terminated is not None}
    listed = ", ".join(sorted(ended)) or "none"
    wanted = ", ".join(sorted(replaced)) or "none"
    expect(ended == set(replaced), lambda: f"of the customer's own nodes {wanted} should have been ended, but it was: {listed}")


def _meaning(call: CloudCall) -> str | None:
    if call.action == "RunInstances" and "InstanceMarketOptions" in call.parameters:
        return LAUNCH
    if call.action == "ModifyListener":
        return f"{spot_percent(call):f}% of the traffic goes to spot"
    return END if call.action == "TerminateInstances" else None


def _within(moment: datetime, begun: datetime | None, ended: datetime | None) -> bool:
    return begun is not None and ended is not None and begun <= moment <= ended
