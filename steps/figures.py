"""Figures: what was measured of a fleet, for any period."""

from __future__ import annotations

from support.deeds.measuring import HOUR, MILLISECOND, expect_extreme, expect_only, seen_during, seen_within
from support.drivers.api.platform import Platform
from support.gherkin import then, when
from support.patience import Patience
from support.story import Story
from support.vocabulary import Duration, Percent


@when("the customer looks at the quality of the {ordinal} period")
async def period_looked_at(story: Story, platform: Platform, number: int) -> None:
    """Exactly that period."""
    period = story.periods[number - 1]
    story.figures = await platform.portal.metrics(story.customer.id, "quality", period.begun, period.ended)


@when("the customer looks at the quality of the hour before it came")
async def time_before_looked_at(story: Story, platform: Platform) -> None:
    """When OptiInfra knew nothing of it."""
    came = (await platform.fleets.of(story.customer.id)).instances[0].launched_at or story.periods[0].begun
    story.figures = await platform.portal.metrics(story.customer.id, "quality", came - HOUR, came - HOUR / 60)


@then("the period is covered by figures of {percent}")
async def period_covered(story: Story, share: Percent) -> None:
    """At least one for every five minutes, and none of another time."""
    expect_only(story.figures, share.ratio, at_least=3)


@then("there are no figures")
async def nothing_measured(story: Story) -> None:
    """What was not measured is not made up."""
    assert story.figures == (), f"nothing was measured in that period, but there are figures: {story.figures}"


@then("its quality is seen to be {percent} within {duration}")
async def quality_noticed(story: Story, platform: Platform, patience: Patience, share: Percent, limit: Duration) -> None:
    """The latest figure, from this moment on."""
    expect_only(await seen_within(platform, story.customer, patience.monitoring, limit), share.ratio)


@then("its quality was seen to be {percent} at half the latency")
async def quality_seen(story: Story, platform: Platform, share: Percent) -> None:
    """By the lowest figures that were measured while the change went on."""
    expect_extreme(min, await seen_during(platform, story.optimization, "quality"), share.ratio)
    half = story.customer.persona.main_fleet.behaviour["base_latency_ms"]["p95"] / 2
    expect_extreme(min, await seen_during(platform, story.optimization, "latency_p95"), half, give_or_take=MILLISECOND)


@then("an error rate of {percent} was seen")
async def errors_seen(story: Story, platform: Platform, share: Percent) -> None:
    """The highest that was measured while the change went on."""
    expect_extreme(max, await seen_during(platform, story.optimization, "error_rate"), share.ratio)
