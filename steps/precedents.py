"""Precedents: what OptiInfra remembers of changes, and how that speaks for or against the next one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from support.deeds.learning import add_fleet, advised_for, expect_precedent, expect_remembered
from support.drivers.api.platform import Platform
from support.drivers.simulator import Simulator
from support.gherkin import then, when
from support.patience import Patience
from support.story import Story

if TYPE_CHECKING:
    from support.drivers.records import Records


@when("the customer adds a fleet of {instance_type} nodes")
async def fleet_added(story: Story, simulator: Simulator, kind: str) -> None:
    """One node of that type, which serves the same model to as many users as the first fleet."""
    story.estate = await add_fleet(simulator, story.customer, instance_type=kind)


@when("the customer adds a fleet that serves {string}")
async def other_model_added(story: Story, simulator: Simulator, model: str) -> None:
    """One node of the same type as the first fleet's, which serves this model to as many users."""
    story.estate = await add_fleet(simulator, story.customer, model=model)


@then("it is remembered as a success with what it promised and saved")
async def success_remembered(story: Story, platform: Platform, records: Records) -> None:
    """One pattern in the records, which agrees with the recommendation and with the book."""
    patterns = await records.of("patterns", customer_id=story.customer.id)
    expect_remembered(patterns, story.optimization, await platform.portal.savings(story.customer.id))


@then("it is remembered as a change that was taken back")
async def failure_remembered(story: Story, records: Records) -> None:
    """One pattern in the records, which has saved nothing."""
    patterns = await records.of("patterns", customer_id=story.customer.id)
    told = [(each["optimization_id"], each["outcome"], Decimal(str(each["realized"])) == 0) for each in patterns]
    assert told == [(story.optimization.id, "rolled_back", True)], f"the change should be remembered once, as taken back, but: {told}"


@then("its move to spot is recommended with more confidence than the first")
async def confidence_raised(story: Story, platform: Platform, patience: Patience) -> None:
    """Unasked, as soon as the fleet has been noticed."""
    first, story.recommendation = story.recommendation, await advised_for(platform, story, patience.monitoring)
    now = story.recommendation.confidence
    assert now > first.confidence, f"after a success the confidence should be more than {first.confidence}, but it is {now}"


@then("its move to spot is recommended with as much confidence as the first")
async def confidence_unmoved(story: Story, platform: Platform, patience: Patience) -> None:
    """Unasked, as soon as the fleet has been noticed."""
    first, story.recommendation = story.recommendation, await advised_for(platform, story, patience.monitoring)
    now = story.recommendation.confidence
    assert now == first.confidence, f"what has no precedent should be advised with a confidence of {first.confidence}, but it is {now}"


@then("its move to spot is recommended with less confidence than the first")
async def confidence_lowered(story: Story, platform: Platform, patience: Patience) -> None:
    """Unasked, as soon as the fleet has been noticed."""
    first, story.recommendation = story.recommendation, await advised_for(platform, story, patience.monitoring)
    now = story.recommendation.confidence
    assert now < first.confidence, f"after a failure the confidence should be less than {first.confidence}, but it is {now}"


@then("the migration is named as the precedent")
async def precedent_named(story: Story, records: Records) -> None:
    """By the name under which it is remembered, with how it ended."""
    (pattern,) = await records.of("patterns", optimization_id=story.optimization.id)
    expect_precedent(story.recommendation, pattern)


@then("no precedent is named")
async def no_precedent_named(story: Story) -> None:
    """Nothing like it has been tried before."""
    named = story.recommendation.precedent
    assert named is None, f"no precedent should be named for a fleet like none before, but: {named}"
