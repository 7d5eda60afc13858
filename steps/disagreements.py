"""Disagreements between agents, and how the orchestrator settles them."""

from __future__ import annotations

from support.disagreeing import disagree, expect_chosen, expect_reasoned
from support.drivers.api.conflicts import Resolution
from support.drivers.api.platform import Platform
from support.gherkin import given, then, when
from support.story import Story


@given("the {agent} agent and the {agent} agent disagree about one node")
async def agents_disagree(story: Story, platform: Platform, one: str, other: str) -> None:
    """The first wants the node ended as idle, the second wants it kept as it is."""
    story.recommendations = await disagree(platform, story.customer, one, other)


@when("the orchestrator settles the disagreement")
async def disagreement_settled(story: Story, platform: Platform) -> None:
    """Decided, and nothing executed."""
    story.outcome = await platform.conflicts.settle(story.customer.id, [each.id for each in story.recommendations])


@then("the {agent} agent's recommendation is chosen over the {agent} agent's")
async def side_chosen(story: Story, winner: str, loser: str) -> None:
    """One is carried out, the other is dropped in its favour."""
    expect_chosen(story, winner, loser)


@then("the reason on record names winner, loser and criterion", verifies="REQ-CNF-007")
async def decision_reasoned(story: Story, platform: Platform) -> None:
    """As it can be read again afterwards."""
    expect_reasoned(await platform.conflicts.get(story.success(Resolution).id), story)
