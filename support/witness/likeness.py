"""Like for like: whether new nodes can do what the old ones did, and do not all hang on one pool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from support.drivers.cloud import Node, NodeKind, SetUp
from support.expectation import expect


def expect_like_for_like(kinds: Mapping[str, NodeKind], own: str, nodes: Iterable[Node]) -> None:
    """AssertionError when a node that OptiInfra made is smaller than the customer's own kind in any respect, or of another accelerator."""
    made = [node for node in nodes if node.optimization is not None]
    wrong = sorted({node.instance_type for node in made if not _stands_in(kinds[node.instance_type], kinds[own])})
    told = "; ".join(f"{name}: {kinds[name]}" for name in (own, *wrong))
    expect(bool(made) and not wrong, lambda: f"{len(made)} new nodes should stand in for {own}, but {', '.join(wrong) or 'there are none'}: {told}")


def expect_spread(nodes: Iterable[Node], least: int) -> None:
    """AssertionError when the nodes that OptiInfra made are in fewer pools."""
    pools = Counter(f"{node.instance_type} in {node.zone}" for node in nodes if node.optimization is not None)
    listed = ", ".join(f"{count} x {pool}" for pool, count in sorted(pools.items())) or "none"
    expect(len(pools) >= least, lambda: f"the new nodes should come from at least {least} pools, but they come from: {listed}")


def expect_set_up_alike(own: Mapping[str, SetUp], new: Mapping[str, SetUp]) -> None:
    """AssertionError when a new node was not set up like one of the customer's own nodes, or when there is none."""
    wrong = [f"{name}: {each}" for name, each in sorted(new.items()) if each not in own.values()]
    told = "; ".join(sorted({str(each) for each in own.values()}))
    expect(bool(new) and not wrong, lambda: f"the new nodes should be set up like the old ones ({told}), but {'; '.join(wrong) or 'there are none'}")


def _stands_in(new: NodeKind, own: NodeKind) -> bool:
    sizes = ("accelerators", "accelerator_memory_mib", "processors", "memory_mib")
    return new.accelerator == own.accelerator and all(getattr(new, size) >= getattr(own, size) for size in sizes)
