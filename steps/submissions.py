"""Submissions: what agents on the customer's premises hand in."""

from __future__ import annotations

from support.deeds.handing_in import expect_kept, expect_nothing_kept, hand_in, hand_in_for
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
from support.drivers.events import Events
from support.gherkin import then, when
from support.story import Story


@when("an agent recommends something with {content}")
async def content_handed_in(story: Story, platform: Platform, content: str) -> None:
    """All else in it is sound."""
    story.outcome = await hand_in(platform, story.customer, content)


@when("an agent of {string} recommends something for a node of {string}")
async def foreign_node_handed_in(story: Story, platform: Platform, one: str, other: str) -> None:
    """Together with a node of its own."""
    story.customer = story.customer_named(one)
    story.outcome = await hand_in_for(platform, story.customer, story.customer_named(other))


@then("nothing of it is kept")
async def nothing_kept(story: Story, platform: Platform, events: Events) -> None:
    """Neither on record nor told to the customer."""
    listed = await platform.acting_as(story.customer.owner).recommendations.of(story.customer.id)
    expect_nothing_kept(listed, await events.of(story.customer.id, story.customer.owner))


@then("the recommendation with {content} is kept as it was handed in")
async def submission_kept(story: Story, platform: Platform, content: str) -> None:
    """It waits for the customer's decision."""
    expect_kept(story.success(Recommendation), await platform.recommendations.of(story.customer.id), content)
