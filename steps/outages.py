"""Outages: OptiInfra itself is killed in the middle of its work, and starts again."""

from __future__ import annotations

from support.deeds.changing import ask_for_rollback, begin
from support.deeds.comparing import Comparison
from support.deeds.killing import (
    ANSWERED,
    TAKING,
    UNANSWERED,
    UNDOING,
    PowerCut,
    expect_approval_kept,
    expect_carried_out,
    expect_launched_once,
    expect_restored_once,
)
from support.drivers.api.platform import Platform
from support.drivers.simulator import Simulator
from support.gherkin import then, when
from support.patience import Patience
from support.story import Story


@when("the customer approves, and OptiInfra is killed around each step of the {ordinal} wave")
async def killed_while_migrating(story: Story, platform: Platform, comparison: Comparison, power: PowerCut, patience: Patience, wave: int) -> None:
    """Before: the cloud was asked and has done nothing. After: it has done all, and OptiInfra has not heard of it. Each time it is started again."""
    await comparison.keep_fleet()
    instants = TAKING[wave - 1]
    begun = await power.strike(story.customer, instants, lambda: begin(platform, story.recommendation), patience.migration)
    story.optimization = begun


@when("the customer approves, and OptiInfra is killed before it can answer")
async def killed_unanswered(story: Story, platform: Platform, power: PowerCut, patience: Patience) -> None:
    """The approval is on record; the customer has not heard of it, and nothing of the change is begun. It is not asked for again."""
    story.optimization = await power.strike(story.customer, [UNANSWERED], lambda: begin(platform, story.recommendation), patience.migration)


@when("the customer approves, and OptiInfra is killed as soon as it has answered")
async def killed_as_answered(story: Story, platform: Platform, power: PowerCut, patience: Patience) -> None:
    """Nothing of the change is begun."""
    approve, wanted = platform.recommendations.approve, story.recommendation
    story.optimization = await power.strike(story.customer, [ANSWERED], lambda: approve(wanted.id), patience.migration)


@when("OptiInfra is killed around undoing each step of the {ordinal} wave on request")
async def killed_while_going_back(story: Story, platform: Platform, power: PowerCut, patience: Patience, wave: int) -> None:
    """As it happens to a step: each time with the cloud and OptiInfra's records at odds. Each time it is started again."""
    change_id, instants = story.change_id, UNDOING[wave - 1]
    begun = await power.strike(story.customer, instants, lambda: ask_for_rollback(platform, change_id), patience.rollback)
    story.optimization = begun


@then("what was approved is carried out all the same")
async def approved_carried_out(story: Story, platform: Platform, patience: Patience) -> None:
    """To its end, although nobody has asked again."""
    story.optimization = await expect_carried_out(platform, story, patience.migration)


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
