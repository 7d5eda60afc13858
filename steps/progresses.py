"""Progress of changes: what is done, and what the customer has been told of it."""

from __future__ import annotations

from support.deeds.changing import begin, carried_out, reached
from support.deeds.following import expect_shown_under_way, expect_told_at_the_moment, expect_told_so_far, expect_undoing_told
from support.deeds.recommending import advised
from support.drivers.api.platform import Platform
from support.drivers.events import Events
from support.gherkin import given, then, when
from support.patience import Patience
from support.story import Story
from support.words import AgentType


@given("the {agent} agent's {recommendation} is done")
async def advice_carried_out(story: Story, platform: Platform, patience: Patience, agent: AgentType, kind: str) -> None:
    """Advised, approved and completed."""
    story.recommendation = await advised(platform, story.customer, agent, kind, patience.analysis)
    await carried_out(platform, story.recommendation, patience.migration)


@given("the customer watches the live events")
async def events_watched(story: Story, events: Events) -> None:
    """From now on, and what was told before."""
    await events.of(story.customer.id, story.customer.owner)


@when("the first wave runs on spot")
async def first_wave_begun(story: Story, platform: Platform, patience: Patience) -> None:
    """The customer has approved; the first wave serves its share and is being watched."""
    story.optimization = await reached(platform, await begin(platform, story.recommendation), "validate_canary", patience.wave)


@then("each step was told at the moment at which it happened", verifies="REQ-JRN-009")
async def told_at_the_moment(story: Story, platform: Platform, events: Events) -> None:
    """The time of each event is the time of the step."""
    change = await platform.optimizations.get(story.change_id)
    expect_told_at_the_moment(change, await events.of(story.customer.id, story.customer.owner))


@then("the customer has been told of exactly the steps so far", verifies="REQ-JRN-009")
async def told_so_far(story: Story, events: Events) -> None:
    """What is done, what is under way, and nothing that is to come."""
    expect_told_so_far(story.optimization, await events.of(story.customer.id, story.customer.owner))


@then("the dashboard shows the optimization with the step that is under way", verifies="REQ-JRN-009")
async def shown_under_way(story: Story, platform: Platform) -> None:
    """So that who comes late knows too."""
    expect_shown_under_way(await platform.portal.dashboard(story.customer.id), story.optimization)


@then("the customer was told of each step undone, the last one first", verifies="REQ-JRN-009")
async def undoing_told(story: Story, platform: Platform, events: Events) -> None:
    """Every step that had begun."""
    change = await platform.optimizations.get(story.change_id)
    expect_undoing_told(change, await events.of(story.customer.id, story.customer.owner))
