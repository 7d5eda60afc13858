"""How the cloud takes spot nodes back, at any step of a migration, and how it is seen that others stand in for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import zip_longest
from types import MappingProxyType
from typing import Literal

from support.deeds.changing import begin, reached
from support.drivers.api.optimizations import Optimization
from support.drivers.api.platform import Platform
from support.drivers.cloud import Cloud, Node
from support.drivers.history import UsageEntry
from support.drivers.simulator import FaultKind, Simulator
from support.expectation import expect
from support.patience import Limit, Patience
from support.story import Story
from support.waiting import eventually
from support.witness.reclaims import TakenBack


@dataclass(frozen=True)
class Announcement:
    """What the cloud says when it takes a node back, and how long the node then has."""

    notice: timedelta
    warning: bool
    rebalance: Literal["before", "after"] | None


NOTICE = timedelta(minutes=2)
AT_ONCE = timedelta()
ANNOUNCEMENTS: Mapping[str, Announcement] = MappingProxyType(
    {
        "notice": Announcement(NOTICE, warning=True, rebalance=None),
        "rebalance_before": Announcement(NOTICE, warning=True, rebalance="before"),
        "rebalance_after": Announcement(NOTICE, warning=True, rebalance="after"),
        "rebalance_alone": Announcement(AT_ONCE, warning=False, rebalance="before"),
        "nothing": Announcement(AT_ONCE, warning=False, rebalance=None),
    }
)


@dataclass(frozen=True)
class Delay:
    """A call of a step that the cloud does not answer at first, so that the step takes a second of the customer's time."""

    service: str
    action: str
    kind: FaultKind = "throttle"
    after: int = 0


DELAYS: Mapping[str, Delay] = MappingProxyType(
    {
        "create_spot_instances": Delay("ec2", "RunInstances", "lost_response"),
        "deploy_canary": Delay("elbv2", "CreateTargetGroup"),
        "scale_to_50_percent": Delay("elbv2", "ModifyListener", after=1),
        "full_migration": Delay("elbv2", "ModifyListener", after=2),
        "terminate_ondemand": Delay("ec2", "TerminateInstances"),
    }
)
"""How each step that takes no time by itself is held for a second; where a node is launched, the node is there by then. The other two watch."""


async def hold_at(step: str, story: Story, platform: Platform, simulator: Simulator, patience: Patience) -> Optimization:
    """The customer has approved, and the change is at that step, which will take at least another second."""
    if step in DELAYS:
        await _delay(DELAYS[step], story, simulator)
    return await reached(platform, await begin(platform, story.recommendation), step, patience.migration)


async def _delay(delay: Delay, story: Story, simulator: Simulator) -> None:
    await simulator.break_cloud(story.customer.account, delay.service, delay.action, delay.kind, times=1, after=delay.after)


async def take_back(story: Story, cloud: Cloud, simulator: Simulator, now: datetime, count: int, announcement: str) -> TakenBack:
    """The cloud claims that many of the spot nodes, by their ids; AssertionError when there are fewer."""
    spot = await _on_spot(story, cloud)
    expect(len(spot) >= count, lambda: f"{count} spot nodes should be taken back, but only {len(spot)} run")
    return await _claim([node.instance_id for node in spot[:count]], story, simulator, now, ANNOUNCEMENTS[announcement])


async def _on_spot(story: Story, cloud: Cloud) -> list[Node]:
    return [node for node in await cloud.nodes_of(story.customer.account) if node.lifecycle == "spot"]


async def _claim(nodes: Collection[str], story: Story, simulator: Simulator, now: datetime, told: Announcement) -> TakenBack:
    seconds = int(told.notice.total_seconds())
    await simulator.reclaim(story.customer.account, sorted(nodes), told.rebalance, warning=told.warning, notice_seconds=seconds)
    return TakenBack(frozenset(nodes), now, now + told.notice)


async def take_back_in_each_step(
    story: Story, platform: Platform, cloud: Cloud, simulator: Simulator, patience: Patience, announcement: str
) -> tuple[TakenBack, ...]:
    """The cloud claims one spot node in the step that is under way, and another one in each step that follows, as long as there are any."""
    change, told = story.optimization, ANNOUNCEMENTS[announcement]
    steps = [step.name for step in change.execution_steps if step.status != "completed"]
    taken: list[TakenBack] = []
    for step, following in zip_longest(steps, steps[1:]):
        if (await _at_or_ended(platform, change, step, patience.migration)).ended:
            break
        if following in DELAYS:
            await _delay(replace(DELAYS[following], after=0), story, simulator)
        claimed = {node for each in taken for node in each.instance_ids}
        left = [node.instance_id for node in await _on_spot(story, cloud) if node.instance_id not in claimed]
        if left:
            taken.append(await _claim(left[:1], story, simulator, await patience.reclaim.pace.now(), told))
    return tuple(taken)


async def _at_or_ended(platform: Platform, change: Optimization, step: str, within: Limit) -> Optimization:
    return await eventually(
        lambda: platform.optimizations.get(change.id),
        holds=lambda seen: seen.step(step).status == "running" or seen.ended,
        within=within,
        because=f"the change should reach its step {step.replace('_', ' ')!r} or end",
    )


async def usage_when_gone(story: Story, simulator: Simulator, patience: Patience) -> tuple[UsageEntry, ...]:
    """The account's usage, once the nodes that were taken back are gone and everything that follows at that moment is done."""
    claimed = {node for taken in story.taken_back for node in taken.instance_ids}
    return await eventually(
        lambda: simulator.usage(story.customer.account),
        holds=lambda usage: all(entry.terminated is not None for entry in usage if entry.instance_id in claimed),
        within=patience.reclaim,
        because="the nodes that the cloud takes back should be gone",
    )
