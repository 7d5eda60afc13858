"""Killing the platform at a chosen instant, as a power cut would, and starting it again: same address, same records."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
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

Instant = HeldCall | str
"""When the platform dies: at a call to the cloud, or as soon as the step of that name rests on the clock and nothing has been asked yet."""

LAUNCH, END = ("ec2", "RunInstances"), ("ec2", "TerminateInstances")
GROUP, DROP = ("elbv2", "CreateTargetGroup"), ("elbv2", "DeleteTargetGroup")
SHIFT, JOIN, LEAVE = ("elbv2", "ModifyListener"), ("elbv2", "RegisterTargets"), ("elbv2", "DeregisterTargets")
PRICE, SETTINGS, NODES = ("ec2", "DescribeSpotPriceHistory"), ("ssm", "GetParametersByPath"), ("ec2", "DescribeInstances")
LOOKS = 3
"""Prices are asked at each look of a watch period."""


def _before(call: tuple[str, str], others: int = 0) -> HeldCall:
    """The call is asked for and never carried out. `others` of its kind come before it: since the beginning, or since the last death."""
    return HeldCall(*call, "before", others)


def _after(call: tuple[str, str], others: int = 0) -> HeldCall:
    """The call is carried out, and OptiInfra never hears of it."""
    return HeldCall(*call, "after", others)


TAKING: Sequence[Sequence[Instant]] = (
    # create spot instances                deploy canary                     validate canary
    (_before(LAUNCH), _after(LAUNCH), _before(GROUP), _after(SHIFT), "validate_canary", _after(PRICE, LOOKS - 1)),
    # scale to 50 percent                   validate 50 percent
    (_before(LAUNCH, 1), _after(SHIFT), "validate_50_percent", _after(PRICE, LOOKS - 1)),
    # full migration                        terminate ondemand            booking: what it rests on is asked, and the fleet is looked at afterwards
    (_before(LAUNCH, 2), _after(SHIFT), _before(LEAVE), _after(END), _before(PRICE), _before(NODES)),
)
"""Before and after each durable step of a migration of three nodes, wave by wave; each wave launches one, and the last one ends with the booking."""

UNDOING: Sequence[Sequence[Instant]] = (
    # deploy canary                        create spot instances        the verdict: the settings are compared, and the fleet is looked at afterwards
    (_before(LEAVE, 2), _after(DROP), _before(END), _after(END), _before(SETTINGS), _before(NODES, 1)),
    # scale to 50 percent
    (_before(LEAVE, 1), _after(END)),
    # terminate ondemand                   full migration
    (_before(LAUNCH), _after(JOIN), _before(SHIFT), _after(END)),
)
"""Before and after each durable step that undoes one of a completed migration of three nodes, by the wave that is undone, and the verdict at the end.

To undo a watch period nothing is asked of the cloud.
"""


@dataclass(frozen=True)
class PowerCut:
    """Kills the platform and starts it again."""

    process: Embedded
    simulator: Simulator
    platform: Platform

    async def strike(self, account: str, instants: Sequence[Instant], begin: Callable[[], Awaitable[Optimization]], within: Limit) -> Optimization:
        """Begins a change, or its rollback, and kills the platform at each of the instants in turn; it answers again on return.

        AssertionError when an instant does not come in time.
        """
        change = None
        for instant in instants:
            hold = None if isinstance(instant, str) else await self.simulator.hold_call(account, instant)  # before it goes on, which it does at once
            change = await (begin() if change is None else self._returned(change))
            if isinstance(instant, str):
                await reached(self.platform, change, instant, within)
                await self._die()
            else:
                await self._die_at(account, str(hold), instant, within)
        assert change is not None, "there is at least one instant"
        return await self._returned(change)

    async def _die_at(self, account: str, hold: str, call: HeldCall, within: Limit) -> None:
        await at_the_instant(self.simulator.held(account, hold), self._die, within, f"OptiInfra should come to {call}")
        await self.simulator.release_call(account, hold)

    async def _returned(self, change: Optimization) -> Optimization:
        await asyncio.to_thread(self.process.platform_returns)
        return change

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
