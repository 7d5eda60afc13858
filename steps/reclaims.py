"""Reclaims: spot nodes that the cloud takes back, and what stands in for them."""

from __future__ import annotations

from support.deeds.reclaiming import hold_at, take_back, take_back_in_each_step, usage_when_gone
from support.drivers.api.platform import Platform
from support.drivers.cloud import Cloud
from support.drivers.simulator import Simulator
from support.gherkin import given, then, when
from support.patience import Patience
from support.story import Story
from support.vocabulary import Duration
from support.witness.capacity import expect_capacity_kept
from support.witness.reclaims import expect_all_drained, expect_all_replaced, expect_launched, expect_partly_fulfilled


@given("the migration has come to {migration_step}")
async def migration_at_step(story: Story, platform: Platform, simulator: Simulator, patience: Patience, step: str) -> None:
    """The customer has approved, and that step is under way: the cloud holds it up for a moment."""
    story.optimization = await hold_at(step, story, platform, simulator, patience)


@when("the cloud takes {count} spot node/nodes back {announcement}")
async def nodes_taken_back(story: Story, cloud: Cloud, simulator: Simulator, patience: Patience, count: int, announcement: str) -> None:
    """The notice is two minutes; without it the nodes are gone at once."""
    now = await patience.reclaim.pace.now()
    story.taken_back = (await take_back(story, cloud, simulator, now, count, announcement),)


@when("the cloud takes a spot node back {announcement} in this and each further step")
async def nodes_taken_back_throughout(
    story: Story, platform: Platform, cloud: Cloud, simulator: Simulator, patience: Patience, announcement: str
) -> None:
    """Another one each time, as soon as the step is under way."""
    story.taken_back = await take_back_in_each_step(story, platform, cloud, simulator, patience, announcement)


@then("each node taken back was drained and replaced within {duration}")
async def drained_and_replaced(story: Story, simulator: Simulator, patience: Patience, limit: Duration) -> None:
    """Out of service before it was gone, with another in service for it, by the cloud's own record."""
    usage = await usage_when_gone(story, simulator, patience)
    calls = await simulator.calls(story.customer.account)
    expect_all_drained(story.taken_back, calls)
    expect_all_replaced(story.taken_back, calls, usage, limit)


@then("each node taken back was replaced within {duration}")
async def replaced_in_time(story: Story, simulator: Simulator, patience: Patience, limit: Duration) -> None:
    """Another is in service for it, by the cloud's own record; nobody could drain what went without a word."""
    usage = await usage_when_gone(story, simulator, patience)
    expect_all_replaced(story.taken_back, await simulator.calls(story.customer.account), usage, limit)


@then("capacity never fell below what the traffic needs")
async def capacity_kept(story: Story, simulator: Simulator) -> None:
    """Wherever traffic went, as many nodes as its share needs were in service and ran, by the cloud's own record."""
    account = story.customer.account
    expect_capacity_kept(await simulator.calls(account), await simulator.usage(account), story.customer.deployment.size)


@then("capacity was below what the traffic needs for {duration} at most")
async def capacity_regained(story: Story, simulator: Simulator, longest: Duration) -> None:
    """Nobody can prevent that what goes without a word is missed for a moment."""
    account = story.customer.account
    expect_capacity_kept(await simulator.calls(account), await simulator.usage(account), story.customer.deployment.size, longest)


@then("the cloud gave fewer nodes at a time than it was asked for")
async def partly_fulfilled(story: Story, simulator: Simulator) -> None:
    """At least once, by the cloud's own record of what was asked and what began to run."""
    account = story.customer.account
    expect_partly_fulfilled(await simulator.calls(account, "ec2"), await simulator.usage(account))


@then("OptiInfra has launched {count} node/nodes in all")
async def nodes_launched(story: Story, simulator: Simulator, count: int) -> None:
    """No node twice, by everything that the account has ever run."""
    expect_launched(await simulator.usage(story.customer.account), count)
