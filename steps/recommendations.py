"""Recommendations: what the agents advise, and what the customer decides."""

from __future__ import annotations

from dataclasses import replace

from support.deeds.analysing import analysed
from support.deeds.comparing import Comparison
from support.deeds.recommending import (
    advised,
    advised_alone,
    expect_advised_within,
    expect_no_advice,
    expect_no_other_advice,
    expect_withdrawn,
    pending,
    submitted,
)
from support.drivers.api.platform import Platform
from support.gherkin import given, then, when
from support.patience import Patience
from support.story import Story
from support.vocabulary import Duration
from support.words import AgentType


@given("the {agent} agent recommends a/an {recommendation}")
async def recommendation_made(story: Story, platform: Platform, patience: Patience, agent: str, kind: str) -> None:
    """The agent has advised it of its own accord, and every second opinion is there."""
    story.recommendation = await advised(platform, story.customer, agent, kind, patience.analysis)


@given("the {agent} agent has recommended a/an {recommendation}")
async def recommendation_made_so_far(story: Story, platform: Platform, patience: Patience, agent: AgentType, kind: str) -> None:
    """The agent has looked at the fleet as it is now; second opinions may be missing or contrary."""
    await analysed(platform, story.customer, agent, patience.analysis)
    story.recommendation = await pending(platform, story.customer, agent, kind)


@given("all that is recommended is the {agent} agent's {recommendation}")
async def nothing_else_recommended(story: Story, platform: Platform, patience: Patience, agent: str, kind: str) -> None:
    """The agent has advised it of its own accord, and the customer has rejected everything else."""
    story.recommendation = await advised_alone(platform, story.customer, agent, kind, patience.analysis)


@when("the customer approves the recommendation")
async def recommendation_approved(story: Story, platform: Platform, comparison: Comparison) -> None:
    """The customer says yes; how the fleet was at that moment is kept, where it is compared with."""
    await comparison.keep_fleet()
    story.outcome = await platform.recommendations.approve(story.recommendation.id)


@when("the customer rejects the recommendation")
async def recommendation_rejected(story: Story, platform: Platform) -> None:
    """The customer says no."""
    story.outcome = await platform.recommendations.reject(story.recommendation.id, "not now")


@when("an agent of its own recommends a {recommendation}")
async def recommendation_submitted(story: Story, platform: Platform, kind: str) -> None:
    """For the customer's first node, by an agent that runs on the customer's premises."""
    story.outcome = await submitted(platform, story.customer, kind)


@then("the {agent} agent's recommendation is a {recommendation}", verifies="REQ-JRN-005")
async def advice_received(story: Story, platform: Platform, patience: Patience, agent: str, kind: str) -> None:
    """Waste leads to advice within a minute."""
    story.recommendation = await advised(platform, story.customer, agent, kind, patience.analysis)
    assert story.recommendation.estimated_savings > 0, f"the advice should save something, but it is {story.recommendation}"


@then("the {agent} agent advises a/an {recommendation} within {duration}", verifies="REQ-JRN-005")
async def advised_in_time(story: Story, platform: Platform, patience: Patience, agent: AgentType, kind: str, limit: Duration) -> None:
    """Counted from the moment at which the fleet was known, and without anybody asking."""
    within = replace(patience.analysis, length=limit)
    story.recommendation = await expect_advised_within(platform, story.customer, agent, kind, within)


@then("the {agent} agent advises another {recommendation} within {duration}", verifies="REQ-JRN-011")
async def advised_anew(story: Story, platform: Platform, patience: Patience, agent: AgentType, kind: str, limit: Duration) -> None:
    """For other nodes than the one before, and without anybody asking."""
    again = await advised(platform, story.customer, agent, kind, replace(patience.monitoring, length=limit))
    assert again.affected_resources != story.recommendation.affected_resources, f"it should be about another node, but it is: {again}"


@then("nobody advises anything else", verifies="REQ-JRN-006")
async def nothing_else_advised(story: Story, platform: Platform) -> None:
    """One piece of waste, one piece of advice."""
    await expect_no_other_advice(platform, story.customer, story.recommendation)


@then("OptiInfra recommends nothing", verifies="REQ-JRN-006")
async def nothing_advised(story: Story, platform: Platform) -> None:
    """Nor has it recommended anything before, and the dashboard promises nothing."""
    await expect_no_advice(platform, story.customer)


@then("the advice is withdrawn within {duration}", verifies="REQ-JRN-006")
async def advice_withdrawn(story: Story, platform: Platform, patience: Patience, limit: Duration) -> None:
    """Nobody can approve any more what is no longer true."""
    await expect_withdrawn(platform, story.recommendation, replace(patience.monitoring, length=limit))
