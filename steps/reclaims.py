"""Reclaims: spot nodes that the cloud takes back, and what stands in for them."""

from __future__ import annotations

from support.deeds.reclaiming import hold_at, take_back, usage_when_gone
from support.drivers.api.platform import Platform
from support.drivers.cloud import Cloud
from support.drivers.simulator import Simulator
from support.gherkin import given, then, when
from support.patience import Patience
from support.story import Story
from support.vocabulary import Duration
from support.witness.reclaims import expect_capacity_kept, expect_drained, expect_launched, expect_replaced


@given("the migration has come to {migration_step}")
async def migration_at_step(story: Story, platform: Platform, simulator: Simulator, patience: Patience, step: str) -> None:
    """The customer has approved, and that step is under way: the cloud holds it up for a moment."""
    story.optimization = await hold_at(step, story, platform, simulator, patience)


@when("the cloud takes {count} spot node/nodes back {announcement}")
async def nodes_taken_back(story: Story, cloud: Cloud, simulator: Simulator, patience: Patience, count: int, announcement: str) -> None:
    """The notice is two minutes; without it the nodes are gone at once."""
    now = await patience.reclaim.pace.now()
    story.taken_back = await take_back(story, cloud, simulator, now, count, announcement)


@then("each node taken back was drained and replaced within {duration}")
async def drained_and_replaced(story: Story, simulator: Simulator, patience: Patience, limit: Duration) -> None:
    """Out of service before it was gone, with another in service for it, by the cloud's own record."""
    usage = await usage_when_gone(story, simulator, patience)
    calls = await simulator.calls(story.customer.account)
    expect_drained(story.taken_back, calls)
    expect_replaced(story.taken_back, calls, usage, story.taken_back.since + limit)


@then("each node taken back was replaced within {duration}")
async def replaced_in_time(story: Story, simulator: Simulator, patience: Patience, limit: Duration) -> None:
    """Another is in service for it, by the cloud's own record; nobody could drain what went without a word."""
    usage = await usage_when_gone(story, simulator, patience)
    expect_replaced(story.taken_back, await simulator.calls(story.customer.account), usage, story.taken_back.since + limit)


@then("as many nodes as before ran at every moment")
async def capacity_kept(story: Story, simulator: Simulator) -> None:
    """What the customer's own nodes could serve could be served throughout."""
    expect_capacity_kept(await simulator.usage(story.customer.account), story.customer.deployment.size)


@then("OptiInfra has launched {count} node/nodes in all")
async def nodes_launched(story: Story, simulator: Simulator, count: int) -> None:
    """No node twice, by everything that the account has ever run."""
    expect_launched(await simulator.usage(story.customer.account), count)
