"""Outages: OptiInfra itself is killed in the middle of its work, and starts again."""

from __future__ import annotations

from support.deeds.changing import begin, taken_back_on_request
from support.deeds.killing import TAKING, UNDOING, PowerCut, expect_approval_kept, expect_launched_once, expect_restored_once
from support.drivers.api.platform import Platform
from support.drivers.cloud import Cloud
from support.drivers.simulator import Simulator
from support.gherkin import then, when
from support.patience import Patience
from support.story import Story
from support.witness.state import Capture


@when("the customer approves, and OptiInfra is killed around each step of the {ordinal} wave")
async def killed_while_migrating(story: Story, platform: Platform, cloud: Cloud, power: PowerCut, patience: Patience, wave: int) -> None:
    """Before: the cloud was asked and has done nothing. After: it has done all, and OptiInfra has not heard of it. Each time it is started again."""
    story.before = Capture.of(await cloud.fleet_of(story.customer.account))
    instants = TAKING[wave - 1]
    begun = await power.strike(story.customer.account, instants, lambda: begin(platform, story.recommendation), patience.migration)
    story.optimization = begun


@when("OptiInfra is killed around undoing each step of the {ordinal} wave on request")
async def killed_while_going_back(story: Story, platform: Platform, power: PowerCut, patience: Patience, wave: int) -> None:
    """As it happens to a step: each time with the cloud and OptiInfra's records at odds. Each time it is started again."""
    change_id, instants = story.change_id, UNDOING[wave - 1]
    begun = await power.strike(story.customer.account, instants, lambda: taken_back_on_request(platform, change_id), patience.rollback)
    story.optimization = begun


@then("nothing was launched twice", verifies="REQ-RES-001")
async def launched_once(story: Story, simulator: Simulator) -> None:
    """By the cloud's own record of usage: as many nodes as the change needed, from its first day on."""
    expect_launched_once(await simulator.usage(story.customer.account), story.optimization, story.customer.deployment.size)


@then("every node that was restored was launched once")
async def restored_once(story: Story, simulator: Simulator) -> None:
    """By the cloud's own record of usage: as many on-demand nodes as the customer had, and no spare ones that came and went."""
    expect_restored_once(await simulator.usage(story.customer.account), story.customer.deployment.instance_ids)


@then("the customer's approval is on record once, with all that came of it")
async def approval_kept(story: Story, platform: Platform) -> None:
    """The decision, who made it, and the one change that it started."""
    decided = await platform.recommendations.get(story.recommendation.id)
    expect_approval_kept(decided, await platform.optimizations.of(story.customer.id))
