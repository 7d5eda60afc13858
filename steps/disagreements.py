"""Disagreements: agents that want contrary things, and what the orchestrator decides between them."""

from __future__ import annotations

from support.deeds.disagreeing import (
    circle,
    disagree,
    expect_chosen,
    expect_outcome,
    expect_reasoned,
    expect_same_decision,
    objection,
    settled,
    settled_in_every_order,
)
from support.deeds.proposing import put_forward
from support.drivers.api.conflicts import Resolution
from support.drivers.api.platform import Platform
from support.drivers.time import ControlledClock
from support.gherkin import given, then, when
from support.story import Story


@given("the agents recommend")
async def sides_taken(story: Story, platform: Platform, clock: ControlledClock, datatable: list[list[str]]) -> None:
    """Agents of the customer's own put forward what the table says, in its order."""
    story.recommendations = await put_forward(platform, story.customer, datatable, clock)


@given("the {agent} agent and the {agent} agent disagree about one node")
async def agents_disagree(story: Story, platform: Platform, one: str, other: str) -> None:
    """The first wants the node ended as idle, the second wants it kept as it is."""
    story.recommendations = await disagree(platform, story.customer, one, other)


@given("the {agent} agent objects to it")
async def objection_made(story: Story, platform: Platform, agent: str) -> None:
    """It wants to keep on demand what the recommendation would change."""
    story.recommendations = await objection(platform, story.customer, story.recommendation, agent)


@given("{count} recommendations wait for each other in a circle")
async def circle_closed(story: Story, platform: Platform, length: int) -> None:
    """Each depends on the next one, and the last one on the first."""
    story.recommendations = await circle(platform, story.customer, length)


@given("the orchestrator has settled the disagreement")
async def disagreement_was_settled(story: Story, platform: Platform) -> None:
    """Decided, and nothing executed yet."""
    story.resolution = await settled(platform, story)


@when("the orchestrator settles the disagreement")
async def disagreement_settled(story: Story, platform: Platform) -> None:
    """Decided, and nothing executed."""
    story.outcome = await platform.conflicts.settle(story.customer.id, [each.id for each in story.recommendations])


@when("the orchestrator settles the disagreement in every order of its sides")
async def disagreement_settled_in_every_order(story: Story, platform: Platform) -> None:
    """Once for each order in which the recommendations can be named."""
    story.outcome = await settled_in_every_order(platform, story)


@then("the {agent} agent's recommendation is chosen over the {agent} agent's")
async def side_chosen(story: Story, winner: str, loser: str) -> None:
    """One is carried out, the other is dropped in its favour."""
    expect_chosen(story, winner, loser)


@then("the {agent} agent's {recommendation} is chosen over its {recommendation}")
async def wish_chosen(story: Story, agent: str, winner: str, loser: str) -> None:
    """Of two contrary recommendations of one agent."""
    expect_outcome(story, [(agent, winner)], [((agent, loser), (agent, winner))])


@then("only the {agent} agent's {recommendation} loses, to the {agent} agent's {recommendation}")
async def one_dropped(story: Story, loser: str, lost: str, winner: str, won: str) -> None:
    """Everything else is carried out."""
    others = [(each.agent_type, each.type) for each in story.recommendations if (each.agent_type, each.type) != (loser, lost)]
    expect_outcome(story, others, [((loser, lost), (winner, won))])


@then("everything but the {agent} agent's {recommendation} is dropped in its favour")
async def one_carried_out(story: Story, winner: str, won: str) -> None:
    """One side prevails over all others."""
    losers = [(each.agent_type, each.type) for each in story.recommendations if (each.agent_type, each.type) != (winner, won)]
    expect_outcome(story, [(winner, won)], [(loser, (winner, won)) for loser in losers])


@then("the same is decided each time, for the same reason")
async def same_decided(story: Story) -> None:
    """Conflicts, winner, losers, order and reason."""
    expect_same_decision(story.outcome)


@then("the reason on record names winner, loser and criterion", verifies="REQ-CNF-007")
async def decision_reasoned(story: Story, platform: Platform) -> None:
    """As it can be read again afterwards."""
    expect_reasoned(await platform.conflicts.get(story.success(Resolution).id), story)
