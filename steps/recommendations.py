"""Recommendations: what the agents advise, and what the customer decides."""

from __future__ import annotations

from support.drivers.api.platform import Platform
from support.gherkin import given, then, when
from support.patience import Patience
from support.recommending import advised
from support.story import Story


@given("the {agent} agent recommends a {recommendation}")
async def recommendation_made(story: Story, platform: Platform, patience: Patience, agent: str, kind: str) -> None:
    """The agent has advised it of its own accord, and every second opinion is there."""
    story.recommendation = await advised(platform, story.customer, agent, kind, patience.analysis)


@when("the customer approves the recommendation")
async def recommendation_approved(story: Story, platform: Platform) -> None:
    """The customer says yes."""
    story.outcome = await platform.recommendations.approve(story.recommendation.id)


@then("the {agent} agent's recommendation is a {recommendation}", verifies="REQ-JRN-005")
async def advice_received(story: Story, platform: Platform, patience: Patience, agent: str, kind: str) -> None:
    """Waste leads to advice within a minute."""
    story.recommendation = await advised(platform, story.customer, agent, kind, patience.analysis)
    assert story.recommendation.estimated_savings > 0, f"the advice should save something, but it is {story.recommendation}"
