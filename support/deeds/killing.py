"""Killing the platform at a chosen instant, as a power cut would, and starting it again: same address, same records."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from support.deeds.changing import ended, reached
from support.drivers.api.answer import Refused
from support.drivers.api.optimizations import Optimization
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
from support.drivers.cloud import OPTIMIZATION_TAG
from support.drivers.embedded import Embedded
from support.drivers.events import Events, Following
from support.drivers.history import UsageEntry
from support.drivers.lost import TargetLost
from support.drivers.simulator import HeldCall, Simulator
from support.expectation import expect
from support.patience import Limit
from support.story import Customer, Story
from support.waiting import at_the_instant

if TYPE_CHECKING:
    from support.drivers.storage import Storage


@dataclass(frozen=True)
class Asked:
    """What the customer asks for is in the records, as `told` says; the workflow that is to do it is not begun.

    Not answered: it is not even noted that there is one. Answered: that is noted, and nothing of it is in the records.
    """

    told: str
    answered: bool

    def __str__(self) -> str:
        return f"the moment of {self.told.replace('_', ' ')}, {'when' if self.answered else 'before'} it has answered"


@dataclass(frozen=True)
class Written:
    """What follows that call to the cloud is in the records, as `told` says; the workflow has not noted its end."""

    told: str
    call: HeldCall

    def __str__(self) -> str:
        return f"the moment of {self.told.replace('_', ' ')}, before its workflow has noted its end"


Instant = HeldCall | Asked | Written | str
"""When the platform dies: at a call to the cloud, with its records and its workflows' notes at odds, or as soon as the step of that name
rests on the clock and nothing has been asked yet."""

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


UNANSWERED, ANSWERED = Asked("recommendation_approved", answered=False), Asked("recommendation_approved", answered=True)
"""Between an approval and the first step of what is approved."""

UNDONE = Written("step_undone", _before(NODES))
"""After the record of an undone step; whoever goes on after a death looks first what is there. That a step was taken is told with the beginning of
the next one, which is an instant of its own."""

BOOKED = Written("savings_booked", _before(PRICE))
"""Between the booking of a saving and the end of the workflow that has brought it; what it rests on is asked before."""

BACK = Written("rollback_completed", _before(SETTINGS))
"""Between the verdict on a rollback and the end of its workflow."""

TAKING: Sequence[Sequence[Instant]] = (
    # create spot instances                deploy canary                     validate canary
    (_before(LAUNCH), _after(LAUNCH), _before(GROUP), _after(SHIFT), "validate_canary", _after(PRICE, LOOKS - 1)),
    # scale to 50 percent                   validate 50 percent
    (_before(LAUNCH, 1), _after(SHIFT), "validate_50_percent", _after(PRICE, LOOKS - 1)),
    # full migration                        terminate ondemand            booking: what it rests on is asked, and it is told
    (_before(LAUNCH, 2), _after(SHIFT), _before(LEAVE), _after(END), _before(PRICE), BOOKED),
)
"""Before and after each durable step of a migration of three nodes, wave by wave; each wave launches one, and the last one ends with the booking."""

UNDOING: Sequence[Sequence[Instant]] = (
    # deploy canary                        create spot instances        the verdict: the settings are compared, and it is told
    (_before(LEAVE, 2), _after(DROP), _before(END), _after(END), _before(SETTINGS), BACK),
    # the request, answered; scale to 50 percent
    (Asked("rollback_started", answered=True), _before(LEAVE, 1), _after(END), UNDONE),
    # the request, not answered yet; terminate ondemand, full migration
    (Asked("rollback_started", answered=False), _before(LAUNCH), _after(JOIN), _before(SHIFT), _after(END)),
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
    events: Events
    storage: Storage

    async def strike(self, customer: Customer, instants: Sequence[Instant], begin: Callable[[], Awaitable[object]], within: Limit) -> Optimization:
        """Begins a change, or its rollback, and kills the platform at each of the instants in turn; it answers again on return.

        AssertionError when an instant does not come in time.
        """
        go_on = begin
        for instant in instants:
            try:
                await self._cut(customer, instant, go_on, within)
            finally:
                await self.storage.go_on_everywhere()
            go_on = self._return
        await self._return()
        return await self._on_record(customer)

    async def _cut(self, customer: Customer, instant: Instant, go_on: Callable[[], Awaitable[object]], within: Limit) -> None:
        match instant:
            case HeldCall():
                hold = await self.simulator.hold_call(customer.account, instant)  # before it goes on, which it does at once
                await go_on()
                await self._die_at(self.simulator.held(customer.account, hold), instant, within)
                await self.simulator.release_call(customer.account, hold)
            case Asked():
                await self._cut_off(customer, instant, go_on, within)
            case Written():
                hold = await self.simulator.hold_call(customer.account, instant.call)
                await go_on()
                await self._die_at(self._written(customer, instant, hold), instant, within)
            case str():
                await go_on()
                await reached(self.platform, (await self._on_record(customer)).id, instant, within)
                await self._die()

    async def _cut_off(self, customer: Customer, instant: Asked, ask: Callable[[], Awaitable[object]], within: Limit) -> None:
        async with self._listening(customer) as news:
            await self.storage.stop("notes")
            asking = asyncio.ensure_future(ask())
            try:
                await self._die_at(self._asked(news, instant, asking), instant, within)
                with suppress(TargetLost):  # who should have answered is gone
                    await asking
            finally:
                asking.cancel()

    async def _asked(self, news: Following, instant: Asked, asking: Awaitable[object]) -> None:
        await news.told(instant.told)
        if instant.answered:
            await self.storage.stop("records")
            await self.storage.go_on("notes")
            await asking

    async def _written(self, customer: Customer, instant: Written, hold: str) -> None:
        await self.simulator.held(customer.account, hold)
        async with self._listening(customer) as news:
            await self.storage.stop("notes")
            await self.simulator.release_call(customer.account, hold)
            await news.told(instant.told)

    @asynccontextmanager
    async def _listening(self, customer: Customer) -> AsyncIterator[Following]:
        following = await self.events.follow(customer.id, customer.owner)
        assert not isinstance(following, Refused), f"{customer.name} should hear of what happens, but: {following}"
        yield following
        await following.close()

    async def _die_at(self, comes: Awaitable[None], instant: Instant, within: Limit) -> None:
        await at_the_instant(comes, self._die, within, f"OptiInfra should come to {instant}")

    async def _on_record(self, customer: Customer) -> Optimization:
        """The customer's last change, by the list of all: whoever was not answered looks there."""
        changes = await self.platform.optimizations.of(customer.id)
        expect(bool(changes), lambda: f"what {customer.name} asked for should be on record, but there is no change")
        return changes[-1]

    async def _return(self) -> None:
        await asyncio.to_thread(self.process.platform_returns)

    async def _die(self) -> None:
        self.process.platform_dies()


async def expect_carried_out(platform: Platform, story: Story, within: Limit) -> Optimization:
    """The change when it has completed; AssertionError as soon as it has ended otherwise, or when it does not go on."""
    return await ended(platform, story.change_id, "completed", within)


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
