"""Whether a fleet could serve its users at every moment: by the load balancer's weights and targets and by what ran, as AWS knows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from support.drivers.history import CloudCall, UsageEntry
from support.expectation import expect
from support.witness.waves import is_spot_group


@dataclass
class Balance:
    """Which target groups get the traffic, and who is in them, after the calls that were followed so far: everybody's, the owner's too."""

    weights: Mapping[str, int] = field(default_factory=dict)
    members: dict[str, frozenset[str]] = field(default_factory=dict)

    def follow(self, call: CloudCall) -> None:
        """Takes one call that was carried out into account."""
        asked = call.parameters
        if call.action in {"CreateListener", "ModifyListener"}:
            self.weights = {
                group["TargetGroupArn"]: int(group["Weight"])
                for action in asked["DefaultActions"]
                for group in action["ForwardConfig"]["TargetGroups"]
            }
        elif call.action in {"RegisterTargets", "DeregisterTargets"}:
            named = frozenset(target["Id"] for target in asked["Targets"])
            before = self.members.get(asked["TargetGroupArn"], frozenset())
            self.members[asked["TargetGroupArn"]] = before | named if call.action == "RegisterTargets" else before - named

    def shortages(self, size: int, alive: Collection[str]) -> tuple[str, ...]:
        """Each group that has fewer living nodes than its share of the traffic needs of a fleet of that size."""
        total = sum(self.weights.values())
        found = []
        for group, weight in self.weights.items():
            needed, serving = -(-size * weight // total) if total else 0, len(self.members.get(group, frozenset()) & set(alive))
            if serving < needed:
                kind = "spot" if is_spot_group(group) else "on demand"
                found.append(f"{100 * weight // total}% of the traffic went to {kind}, which needs {needed} of {size} nodes, and {serving} served")
        return tuple(found)


def expect_capacity_kept(calls: Iterable[CloudCall], usage: Collection[UsageEntry], size: int, longest: timedelta = timedelta()) -> None:
    """AssertionError when, for longer than `longest`, a target group had fewer living nodes than its traffic needs of a fleet of `size` nodes.

    Looked at whenever a call was carried out, a node began or a node ended, once everything of that moment was done. Calls of the owner count too.
    """
    balance, left = Balance(), sorted((call for call in calls if call.carried_out), key=lambda call: call.sequence)
    moments = {call.time for call in left} | {entry.launched for entry in usage} | {entry.terminated for entry in usage if entry.terminated}
    since: datetime | None = None
    shortages: tuple[str, ...] = ()
    gaps: list[str] = []
    for moment in sorted(moments):
        if since is not None and moment - since > longest:
            gaps.append(f"from {since:%H:%M:%S} to {moment:%H:%M:%S}: {'; '.join(shortages)}")
        now, left = [call for call in left if call.time <= moment], [call for call in left if call.time > moment]
        for call in now:
            balance.follow(call)
        shortages = balance.shortages(size, _alive(usage, moment))
        since = (since or moment) if shortages else None
    expect(bool(balance.weights), lambda: "the cloud should know where the traffic goes, but it has never been told")
    if since is not None:
        gaps.append(f"from {since:%H:%M:%S} on: {'; '.join(shortages)}")
    lasting = f" for more than {longest.total_seconds():g} seconds" if longest else ""
    expect(not gaps, lambda: f"capacity should never fall below what the traffic needs{lasting}, but {', '.join(gaps)}")


def _alive(usage: Iterable[UsageEntry], moment: datetime) -> frozenset[str]:
    return frozenset(entry.instance_id for entry in usage if entry.launched <= moment and (entry.terminated is None or entry.terminated > moment))
