"""Killing the platform at a chosen instant, as a power cut would, and starting it again: same address, same records."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from support.deeds.changing import reached
from support.drivers.api.optimizations import Optimization
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
from support.drivers.cloud import OPTIMIZATION_TAG
from support.drivers.embedded import Embedded
from support.drivers.history import UsageEntry
from support.drivers.simulator import HeldCall, Simulator
from support.expectation import expect
from support.patience import Limit
from support.waiting import at_the_instant

Instants = tuple[HeldCall | str, HeldCall]
"""Before a step: its first call is asked for and not carried out (or the step of that name rests on the clock, and nothing has been asked yet).
After it: its last call is carried out and not answered."""


def _between(first: tuple[str, str], earlier: int, last: tuple[str, str], within: int = 0) -> Instants:
    """`earlier` calls of the first one's action belong to steps before; `within` of the last one's to the step itself."""
    return HeldCall(*first, "before", earlier), HeldCall(*last, "after", within)


LAUNCH, END = ("ec2", "RunInstances"), ("ec2", "TerminateInstances")
GROUP, DROP = ("elbv2", "CreateTargetGroup"), ("elbv2", "DeleteTargetGroup")
SHIFT, JOIN, LEAVE = ("elbv2", "ModifyListener"), ("elbv2", "RegisterTargets"), ("elbv2", "DeregisterTargets")
LAST_LOOK = HeldCall("ec2", "DescribeSpotPriceHistory", "after", 2)
"""Prices are asked at each of the three looks of a watch period."""

TAKING: Mapping[str, Instants] = {
    "create_spot_instances": _between(LAUNCH, 0, LAUNCH),
    "deploy_canary": _between(GROUP, 0, SHIFT),
    "validate_canary": ("validate_canary", LAST_LOOK),
    "scale_to_50_percent": _between(LAUNCH, 1, SHIFT),
    "validate_50_percent": ("validate_50_percent", LAST_LOOK),
    "full_migration": _between(LAUNCH, 2, SHIFT),
    "terminate_ondemand": _between(LEAVE, 0, END),
}
"""The seven steps of a migration of three nodes, of which each wave launches one."""

UNDOING: Mapping[str, Instants] = {
    "terminate_ondemand": _between(LAUNCH, 0, JOIN),
    "full_migration": _between(SHIFT, 0, END),
    "scale_to_50_percent": _between(LEAVE, 1, END),
    "deploy_canary": _between(LEAVE, 2, DROP),
    "create_spot_instances": _between(END, 2, END),
}
"""What undoes the steps of a completed migration of three nodes; to undo a watch period nothing is asked of the cloud."""


@dataclass(frozen=True)
class PowerCut:
    """Kills the platform and starts it again."""

    process: Embedded
    simulator: Simulator
    platform: Platform

    async def strike(self, account: str, instants: Instants, begin: Callable[[], Awaitable[Optimization]], within: Limit) -> Optimization:
        """Begins a change, or its rollback, and kills the platform at each of the instants in turn; it answers again on return.

        AssertionError when an instant does not come in time.
        """
        first, last = instants
        if isinstance(first, str):
            change = await reached(self.platform, await begin(), first, within)
            await self._die()
        else:
            hold = await self.simulator.hold_call(account, first)
            change = await begin()
            await self._die_at(account, hold, first, within)
        hold = await self.simulator.hold_call(account, last)  # before the platform returns: it goes on at once
        await self._return()
        await self._die_at(account, hold, last, within)
        await self._return()
        return change

    async def _die_at(self, account: str, hold: str, call: HeldCall, within: Limit) -> None:
        await at_the_instant(self.simulator.held(account, hold), self._die, within, f"OptiInfra should come to {call}")
        await self.simulator.release_call(account, hold)

    async def _return(self) -> None:
        await asyncio.to_thread(self.process.platform_returns)

    async def _die(self) -> None:
        self.process.platform_dies()


def expect_launched_once(usage: Iterable[UsageEntry], change: Optimization, nodes: int) -> None:
    """AssertionError when the change has launched more or fewer spot nodes than it replaces, or runs others than serve."""
    spot = [entry for entry in usage if entry.tags.get(OPTIMIZATION_TAG) == change.id]
    told = ", ".join(f"{entry.instance_id} in {entry.availability_zone}" for entry in spot) or "none"
    expect(len(spot) == nodes, lambda: f"the change should have launched {nodes} nodes in all, but it launched {len(spot)}: {told}")


def expect_approval_kept(decided: Recommendation, changes: Sequence[Optimization]) -> None:
    """AssertionError when the decision, who made it, or the one change that it started is not on record."""
    expect(decided.decided_by is not None, lambda: f"it should be on record who approved, but it is not: {decided}")
    made = [change.id for change in changes]
    expect(made == [decided.optimization_id], lambda: f"the approval should have started exactly {decided.optimization_id}, but there are: {made}")


def expect_restored_once(usage: Iterable[UsageEntry], owned: Sequence[str]) -> None:
    """AssertionError when more or fewer on-demand nodes were launched in place of those that were ended than had been there."""
    made = [entry for entry in usage if entry.lifecycle == "on_demand" and entry.instance_id not in owned]
    told = ", ".join(f"{entry.instance_id}{'' if entry.terminated is None else ' (gone)'}" for entry in made) or "none"
    whole = len(made) == len(owned) and all(entry.terminated is None for entry in made)
    expect(whole, lambda: f"each of the {len(owned)} nodes should be replaced by one that stays, but these were launched: {told}")
