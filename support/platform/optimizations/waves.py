"""How a change reaches a fleet: which share of nodes and of traffic each wave covers. Integers only."""

from __future__ import annotations

from dataclasses import dataclass

SHARES = (10, 50, 100)
"""Percent of the change that is in place after the first, second and third wave."""


@dataclass(frozen=True)
class Wave:
    """One wave of a change.

    `nodes` is how many of the replacing nodes exist when the wave is complete; `weight` is the percentage of the deployment's traffic
    that they then serve.
    """

    share: int
    nodes: int
    weight: int


def nodes_at(share: int, replaced: int) -> int:
    """That percentage of the replaced nodes, rounded up, so that no wave is empty."""
    if not 0 < share <= 100:
        raise ValueError(f"a wave covers 1 to 100 percent, not {share}")
    if replaced < 1:
        raise ValueError("a change replaces at least one node")
    return -(-replaced * share // 100)


def waves(replaced: int, fleet: int) -> tuple[Wave, Wave, Wave]:
    """The waves of a change that replaces `replaced` of a deployment's `fleet` nodes.

    The last wave's weight is the replaced nodes' share of the fleet: 100 when all of it is replaced. A weight is never zero.
    """
    if replaced > fleet:
        raise ValueError(f"{replaced} of {fleet} nodes cannot be replaced")
    first, second, last = (Wave(share, nodes_at(share, replaced), -(-share * replaced // fleet)) for share in SHARES)
    return first, second, last
