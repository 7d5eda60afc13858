"""Disagreements: agents of the customer that want contrary things, and what was decided between them."""

from __future__ import annotations

from typing import Any

from support.drivers.api.answer import accepted
from support.drivers.api.conflicts import Resolution
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
from support.drivers.api.transport import Caller
from support.expectation import expect
from support.story import Customer, Story


async def runtime_of(platform: Platform, customer: Customer) -> Platform:
    """The platform as the customer's own agents use it."""
    install = await platform.customers.install_command(customer.id)
    return platform.acting_as(Caller(f"an agent of {customer.name}", install.agent_token))


async def disagree(platform: Platform, customer: Customer, one: str, other: str) -> tuple[Recommendation, ...]:
    """The first agent wants the customer's first node ended as idle, the second wants exactly that node kept on demand."""
    node = customer.deployment.instance_ids[0]
    agents = await runtime_of(platform, customer)
    end = _proposal(one, "idle_termination", f"End {node}, it is idle", "900.00", node)
    keep = _proposal(other, "stay_on_demand", f"Keep {node}, the evening peak needs it", "0.00", node)
    return tuple([accepted(await agents.recommendations.submit(customer.id, proposal)) for proposal in (end, keep)])


def expect_chosen(story: Story, winner: str, loser: str) -> None:
    """AssertionError when the decision is not for the one and against the other agent's recommendation."""
    resolution = story.success(Resolution)
    by_agent: dict[str, str] = {each.agent_type: each.id for each in story.recommendations}
    sides = {each.id: f"the {each.agent_type} agent's" for each in story.recommendations}
    chosen = sides.get(resolution.chosen_recommendation or "", "nobody's")
    dropped = [(each.recommendation_id, each.in_favour_of) for each in resolution.dropped]
    expect(
        resolution.chosen_recommendation == by_agent[winner] and dropped == [(by_agent[loser], by_agent[winner])],
        lambda: f"the {winner} agent's recommendation should be chosen over the {loser} agent's, but {chosen} was: {resolution.reason}",
    )


def expect_reasoned(on_record: Resolution, story: Story) -> None:
    """AssertionError when the record differs from what was answered, or its reason does not name both sides and why."""
    answered = story.success(Resolution)
    expect(on_record == answered, lambda: f"the record should be what was answered\n  answered: {answered}\n  on record: {on_record}")
    reason = on_record.reason or ""
    unnamed = [each.title for each in story.recommendations if each.id not in reason]
    expect(not unnamed and "because" in reason, lambda: f"the reason should name both sides and the criterion, but it is: {reason or 'empty'}")


def _proposal(agent: str, kind: str, title: str, saving: str, node: str) -> dict[str, Any]:
    return {
        "type": kind,
        "agent_type": agent,
        "title": title,
        "risk_level": "medium",
        "estimated_savings": saving,
        "confidence": "0.80",
        "affected_resources": [node],
        "dependencies": [],
    }
