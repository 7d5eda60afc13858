"""Revisions: recommendations that became something else since the customer saw them."""

from __future__ import annotations

from support.deeds.analysing import analysed
from support.deeds.bending import price_spot
from support.deeds.revising import MUCH_CHEAPER, expect_current_carried_out, expect_shown, revised
from support.drivers.api.platform import Platform
from support.drivers.simulator import Simulator
from support.gherkin import given, then, when
from support.patience import Patience
from support.story import Story


@given("its agent has revised it since the customer saw it")
async def recommendation_revised(story: Story, platform: Platform) -> None:
    """It promises another saving by now."""
    story.recommendation = story.recommendations[0]
    await revised(platform, story.customer, story.recommendation)


@given("the cost agent has revised it because spot became cheaper")
async def estimate_revised(story: Story, platform: Platform, simulator: Simulator, patience: Patience) -> None:
    """The agent has looked again after the price had moved."""
    await price_spot(simulator, story.customer, MUCH_CHEAPER)
    await analysed(platform, story.customer, "cost", patience.analysis)


@when("the customer approves what was seen")
async def seen_approved(story: Story, platform: Platform) -> None:
    """The version that the customer looked at."""
    story.outcome = await platform.recommendations.approve(story.recommendation.id, story.recommendation.version)


@when("the customer looks again and approves what is current")
async def current_approved(story: Story, platform: Platform) -> None:
    """The version that is there now."""
    story.recommendation = await platform.recommendations.get(story.recommendation.id)
    story.outcome = await platform.recommendations.approve(story.recommendation.id, story.recommendation.version)


@then("the refusal shows the {ordinal} version as the current one")
async def current_version_shown(story: Story, platform: Platform, version: int) -> None:
    """And that is the version on record."""
    expect_shown(story.refusal(), await platform.recommendations.get(story.recommendation.id), version)


@then("the current version is carried out")
async def current_version_carried_out(story: Story, platform: Platform, patience: Patience) -> None:
    """As its agent sees it by now."""
    await expect_current_carried_out(platform, story, patience.decision)
