"""Rejections: who says no and why, and what the agents make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.deeds.rejecting import advised_again, expect_agent_reads, expect_less_sure, expect_reason_kept
from support.drivers.api.answer import accepted
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Decision
from support.gherkin import given, then, when
from support.story import Story
from support.words import AgentType

if TYPE_CHECKING:
    from support.drivers.records import Records


@given("the customer has rejected the recommendation because {string}")
async def rejection_given(story: Story, platform: Platform, reason: str) -> None:
    """The recommendation as it is known has become the one that was rejected."""
    accepted(await platform.recommendations.reject(story.recommendation.id, reason))
    story.recommendation = await platform.recommendations.get(story.recommendation.id)


@when("the customer rejects the recommendation because {string}")
async def rejected_for(story: Story, platform: Platform, reason: str) -> None:
    """The customer says no, and why."""
    story.outcome = await platform.recommendations.reject(story.recommendation.id, reason)


@then("{string} is on record for the {agent} agent", verifies="REQ-JRN-014")
async def reason_kept(story: Story, platform: Platform, records: Records, reason: str, agent: AgentType) -> None:
    """Shown with the recommendation, and in the agent's own records."""
    story.success(Decision)
    await expect_reason_kept(platform, records, story.recommendation, (agent, reason))


@then("the agent that made it reads {string}", verifies="REQ-JRN-014")
async def reason_read(story: Story, platform: Platform, reason: str) -> None:
    """With its own token, and in the customer's own words."""
    story.success(Decision)
    await expect_agent_reads(platform, story.customer, story.recommendation, reason)


@then("the first reason is kept", verifies="REQ-JRN-017")
async def first_reason_kept(story: Story, platform: Platform) -> None:
    """Saying no once more changes nothing."""
    story.success(Decision)
    seen, first = await platform.recommendations.get(story.recommendation.id), story.recommendation.rejection_reason
    assert seen.rejection_reason == first, f"the reason should still be {first!r}, but it is {seen.rejection_reason!r}"


@then("the agent does not recommend it again", verifies="REQ-JRN-014")
async def left_alone(story: Story, platform: Platform) -> None:
    """Neither in the same words nor in others."""
    again = await advised_again(platform, story.customer, story.recommendation)
    assert not again, f"what was rejected should not be recommended again so soon, but it was: {again[0]}, made {again[0].created_at}"


@then("the agent recommends it again with less confidence", verifies="REQ-JRN-014")
async def less_sure(story: Story, platform: Platform) -> None:
    """The customer's no has taught it something."""
    expect_less_sure(await advised_again(platform, story.customer, story.recommendation), story.recommendation)
