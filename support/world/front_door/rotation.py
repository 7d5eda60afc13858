"""Whose turn it is: deterministic and evenly spread, as the weights at this moment say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from support.world.front_door.routing import Group


@dataclass
class Rotation:
    """The state of one load balancer: smooth weighted rotation between groups, round robin within a group, and how many requests have failed."""

    _credit: dict[str, Fraction] = field(default_factory=dict)
    _turn: dict[str, int] = field(default_factory=dict)
    _served: dict[str, int] = field(default_factory=dict)

    def group(self, groups: Mapping[str, Group]) -> Group | None:
        """The group that takes the next request; None if no group has a weight. Over n requests each group gets its share give or take one."""
        weighted = {name: group for name, group in groups.items() if group.share > 0}
        if not weighted:
            return None
        self._credit = {name: self._credit.get(name, Fraction(0)) + group.share for name, group in weighted.items()}
        chosen = max(weighted, key=lambda name: self._credit[name])
        self._credit[chosen] -= 1
        return weighted[chosen]

    def node(self, group: Group) -> Any | None:  # noqa: ANN401  (moto's model)
        """The node of the group whose turn it is; None if none is healthy."""
        if not group.healthy:
            return None
        turn = self._turn.get(group.name, 0)
        self._turn[group.name] = turn + 1
        return group.healthy[turn % len(group.healthy)]

    def fails(self, kind: str, rate: Fraction) -> bool:
        """Whether the next request to this kind of node ends in an error: the declared share of them, evenly spread."""
        served = self._served.get(kind, 0)
        self._served[kind] = served + 1
        return int((served + 1) * rate) > int(served * rate)
