"""What OptiInfra has done to a customer's cloud, by the cloud's own record of who asked for what."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from support.drivers.cloud import Capacity
from support.drivers.history import CloudCall
from support.expectation import expect

ROLE = "OptiInfraAccess"
READING = ("Describe", "Get", "List", "Assume")
"""How the names of AWS actions begin that change nothing."""


def changes(calls: Iterable[CloudCall]) -> tuple[CloudCall, ...]:
    """The calls by which OptiInfra wanted to change something, carried out or not, in order."""
    return tuple(call for call in calls if ROLE in (call.principal or "") and not call.action.startswith(READING))


def expect_only_looked(calls: Collection[CloudCall], capacity: Capacity, owned: Collection[str]) -> None:
    """AssertionError when OptiInfra has asked for any change, has not looked at all, or other nodes run than those that their owner started."""
    looked = [call for call in calls if ROLE in (call.principal or "")]
    asked = changes(calls)
    expect(bool(looked), lambda: "OptiInfra should have looked at the cloud, but the cloud has never heard of it")
    expect(not asked, lambda: f"OptiInfra should have changed nothing in the cloud, but it asked for: {', '.join(map(str, asked))}")
    running = {node.instance_id for node in capacity.nodes}
    expect(running == set(owned), lambda: f"exactly the {len(owned)} nodes of their owner should run, but these do: {capacity}")


def expect_changed_only_after(calls: Iterable[CloudCall], decided: datetime) -> None:
    """AssertionError when OptiInfra has changed anything before that moment, or nothing at all."""
    asked = changes(calls)
    expect(bool(asked), lambda: "an approved change should reach the cloud, but OptiInfra asked for none")
    early = [call for call in asked if call.time < decided]
    expect(not early, lambda: f"nothing should change before the approval at {decided:%H:%M:%S}, but: {', '.join(map(str, early))}")
