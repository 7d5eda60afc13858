"""The state proof: a fleet captured before a change and compared after it was undone; and the search for what was left behind."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from support.drivers.api.optimizations import Optimization
from support.drivers.cloud import OPTIMIZATION_TAG, CloudFleet, Node
from support.drivers.history import Holding
from support.expectation import expect

_KEEPS_WHAT_IT_MADE = frozenset({"pending", "running", "completed", "rolling_back", "rollback_failed"})
"""A change in another state needs nothing of what it made. One whose rollback failed has said that something is left."""

_SETTINGS_OF_A_GROUP = 5
"""`/vllm/<deployment>/engine-args/<target group>` has as many parts, with the empty one before the first slash."""


@dataclass(frozen=True)
class Capture:
    """A state as sorted lines: of a fleet, nodes by kind and tags, load balancers' weights and members, engine settings; or of records."""

    lines: tuple[str, ...]

    @classmethod
    def of(cls, fleet: CloudFleet) -> Capture:
        """What must be the same again after a rollback. Instance ids are not part of it: a node that came back has a new one."""
        return cls((*_nodes(fleet), *_groups(fleet), *_settings(fleet)))

    @classmethod
    def of_records(cls, kept: Mapping[str, Iterable[Mapping[str, Any]]]) -> Capture:
        """Rows by table, however often each occurs."""
        counted = [(table, Counter(json.dumps(row, sort_keys=True, default=str) for row in rows)) for table, rows in sorted(kept.items())]
        return cls(tuple(f"{table}: {count} x {row}" for table, rows in counted for row, count in sorted(rows.items())))

    def difference_to(self, later: Capture) -> str:
        """What changed since, as a readable diff; empty when nothing did."""
        return "\n".join(
            line for line in difflib.unified_diff(self.lines, later.lines, "before", "after", lineterm="", n=0) if not line.startswith("@@")
        )


def expect_as_before(before: Capture, fleet: CloudFleet) -> None:
    """AssertionError, with the difference, when the fleet is not what it was."""
    difference = before.difference_to(Capture.of(fleet))
    expect(not difference, lambda: f"instances, traffic shares and settings should be what they were before the change:\n{difference}")


def expect_same_records(before: Capture, after: Capture) -> None:
    """AssertionError, with the difference, when what OptiInfra keeps of the fleet is not what it was."""
    difference = before.difference_to(after)
    expect(not difference, lambda: f"OptiInfra's records of the fleet should be what they were before the change:\n{difference}")


def left_behind(held: Collection[Holding], optimizations: Iterable[Optimization]) -> tuple[str, ...]:
    """What a change made and nobody needs any more: the change failed, was undone, or is unknown; or it is a setting that nobody follows."""
    states = {optimization.id: optimization.status for optimization in optimizations}
    groups = {thing.name for thing in held if thing.kind == "target group"}
    needless = [
        f"{thing} of a change that is {states.get(maker, 'unknown')}"
        for thing in held
        if (maker := made_by(thing)) is not None and states.get(maker) not in _KEEPS_WHAT_IT_MADE
    ]
    settings = [
        f"{thing}, for a target group that does not exist"
        for thing in held
        if thing.kind == "setting" and len(parts := thing.name.split("/")) == _SETTINGS_OF_A_GROUP and parts[-1] not in groups
    ]
    return (*needless, *settings)


def made_by(thing: Holding) -> str | None:
    """The change that made it; None for what was there before."""
    return thing.tags.get(OPTIMIZATION_TAG)


def _nodes(fleet: CloudFleet) -> list[str]:
    kinds = Counter((node.instance_type, node.lifecycle, node.zone, _tags(node)) for node in fleet.nodes)
    return [f"nodes: {count} x {kind} {lifecycle} in {zone}, tags {tags}" for (kind, lifecycle, zone, tags), count in sorted(kinds.items())]


def _tags(node: Node) -> str:
    return json.dumps({key: value for key, value in node.tags.items() if key != OPTIMIZATION_TAG}, sort_keys=True)


def _groups(fleet: CloudFleet) -> list[str]:
    running = {node.instance_id for node in fleet.nodes}
    return [
        f"traffic: {balancer} sends weight {group.weight} to {group.name}, {len(group.members & running)} nodes, {len(group.members - running)} dead"
        for balancer, groups in sorted(fleet.groups.items())
        for group in groups
    ]


def _settings(fleet: CloudFleet) -> list[str]:
    return [f"settings: {name} {json.dumps(values, sort_keys=True)}" for name, values in sorted(fleet.settings.items())]
