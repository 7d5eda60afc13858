"""Parts: independent changes that the customer approves together."""

from __future__ import annotations

from support.deeds.changing import ask_for_rollback
from support.deeds.comparing import Comparison
from support.deeds.deciding import all_ended
from support.deeds.parts import change_of, expect_only_back, expect_only_settings_changed, tuning_besides
from support.drivers.api.platform import Platform
from support.drivers.cloud import Cloud
from support.gherkin import given, then, when
from support.patience import Patience
from support.story import Story


@given("the {agent} agent recommends to tune another of its deployments")
async def tuning_recommended(story: Story, platform: Platform, agent: str) -> None:
    """One with which the recommendation before has nothing to do."""
    story.recommendations = (story.recommendation, await tuning_besides(platform, story.customer, agent, story.recommendation))


@given("both changes have been carried out together")
async def both_carried_out(story: Story, platform: Platform, comparison: Comparison, patience: Patience) -> None:
    """Approved in one decision, and completed."""
    await comparison.keep_fleet()
    story.outcome = await platform.recommendations.approve_together([each.id for each in story.recommendations])
    await all_ended(platform, story, patience.sequence)


@when("the customer asks for a rollback of the {agent} agent's change")
async def rollback_of_part_asked(story: Story, platform: Platform, agent: str) -> None:
    """And of no other."""
    change = change_of(await platform.optimizations.of(story.customer.id), story.recommendations, agent)
    await ask_for_rollback(platform, change.id)
    story.optimization = change


@then("only the {agent} agent's change is taken back")
async def only_part_taken_back(story: Story, platform: Platform, patience: Patience, agent: str) -> None:
    """Every other change that was approved with it is completed."""
    changes = await all_ended(platform, story, patience.sequence)
    expect_only_back(changes, change_of(changes, story.recommendations, agent))


@then("nothing but the settings of the tuned deployment has changed")
async def other_part_kept(story: Story, platform: Platform, cloud: Cloud, comparison: Comparison) -> None:
    """By the customer's whole cloud, compared with what it was before both changes."""
    changes = await platform.optimizations.of(story.customer.id)
    expect_only_settings_changed(comparison.before, await cloud.fleet_of(story.customer.account), changes)
