"""The state proof: a fleet captured before a change and compared after it was undone; and the search for what was left behind."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from support.drivers.api.optimizations import Optimization
from support.drivers.cloud import OPTIMIZATION_TAG, CloudFleet, Node
from support.expectation import expect

_KEEPS_ITS_NODES = frozenset({"pending", "running", "completed", "rolling_back"})


@dataclass(frozen=True)
class Capture:
    """A fleet's state as sorted lines: nodes by kind and tags, load balancers' weights and members, engine settings."""

    lines: tuple[str, ...]

    @classmethod
    def of(cls, fleet: CloudFleet) -> Capture:
        """What must be the same again after a rollback. Instance ids are not part of it: a node that came back has a new one."""
        return cls((*_nodes(fleet), *_groups(fleet), *_settings(fleet)))

    def difference_to(self, later: Capture) -> str:
        """What changed since, as a readable diff; empty when nothing did."""
        return "\n".join(
            line for line in difflib.unified_diff(self.lines, later.lines, "before", "after", lineterm="", n=0) if not line.startswith("@@")
        )


def expect_as_before(before: Capture, fleet: CloudFleet) -> None:
    """AssertionError, with the difference, when the fleet is not what it was."""
    difference = before.difference_to(Capture.of(fleet))
    expect(not difference, lambda: f"instances, traffic shares and settings should be what they were before the change:\n{difference}")


def left_behind(nodes: Iterable[Node], optimizations: Iterable[Optimization]) -> tuple[str, ...]:
    """The nodes that an optimization created and that nobody needs any more: the optimization failed, was undone, or is unknown."""
    states = {optimization.id: optimization.status for optimization in optimizations}
    return tuple(
        f"{node.instance_id} ({node.instance_type}, {node.lifecycle}) belongs to a change that is {states.get(node.optimization, 'unknown')}"
        for node in nodes
        if node.optimization is not None and states.get(node.optimization) not in _KEEPS_ITS_NODES
    )


def _nodes(fleet: CloudFleet) -> list[str]:
    kinds = Counter(
        (node.instance_type, node.lifecycle, json.dumps({key: value for key, value in node.tags.items() if key != OPTIMIZATION_TAG}, sort_keys=True))
        for node in fleet.nodes
    )
    return [f"nodes: {count} x {kind} {lifecycle}, tags {tags}" for (kind, lifecycle, tags), count in sorted(kinds.items())]


def _groups(fleet: CloudFleet) -> list[str]:
    running = {node.instance_id for node in fleet.nodes}
    return [
        f"traffic: {balancer} sends weight {group.weight} to {group.name}, {len(group.members & running)} nodes, {len(group.members - running)} dead"
        for balancer, groups in sorted(fleet.groups.items())
        for group in groups
    ]


def _settings(fleet: CloudFleet) -> list[str]:
    return [f"settings: {name} {json.dumps(values, sort_keys=True)}" for name, values in sorted(fleet.settings.items())]
