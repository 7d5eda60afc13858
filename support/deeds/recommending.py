"""Finding the advice that a scenario is about among everything that the agents recommend."""

from __future__ import annotations

from support.deeds.proposing import runtime_of
from support.drivers.api.answer import Refused, accepted
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
from support.expectation import expect
from support.patience import Limit
from support.story import Customer
from support.waiting import eventually


async def advised(platform: Platform, customer: Customer, agent: str, kind: str, within: Limit) -> Recommendation:
    """The agent's pending recommendation of that kind, once every validation has been given; AssertionError with what was advised instead."""

    async def looked() -> tuple[Recommendation, ...]:
        return await platform.recommendations.of(customer.id)

    def wanted(recommendations: tuple[Recommendation, ...]) -> list[Recommendation]:
        return [each for each in recommendations if each.agent_type == agent and each.type == kind and _judged(each)]

    seen = await eventually(
        looked,
        holds=lambda recommendations: bool(wanted(recommendations)),
        within=within,
        because=f"the {agent} agent should recommend a {kind.replace('_', ' ')} to {customer.name}",
    )
    return wanted(seen)[0]


async def pending(platform: Platform, customer: Customer, agent: str, kind: str) -> Recommendation:
    """The agent's one pending recommendation of that kind, whatever others think of it; AssertionError with what was advised instead."""
    seen = await platform.recommendations.of(customer.id)
    found = [each for each in seen if (each.agent_type, each.type, each.status) == (agent, kind, "pending")]
    told = ", ".join(map(str, seen)) or "nothing"
    expect(len(found) == 1, lambda: f"the {agent} agent should recommend one {kind.replace('_', ' ')} to {customer.name}, but advised: {told}")
    return found[0]


async def advised_alone(platform: Platform, customer: Customer, agent: str, kind: str, within: Limit) -> Recommendation:
    """The agent's recommendation of that kind, when the customer has rejected everything else that is recommended."""
    wanted = await advised(platform, customer, agent, kind, within)
    for each in await platform.recommendations.of(customer.id, "pending"):
        if each.id != wanted.id:
            accepted(await platform.recommendations.reject(each.id, "not wanted"))
    return wanted


async def submitted(platform: Platform, customer: Customer, kind: str) -> Recommendation | Refused:
    """What the platform answers to the customer's own agent that recommends this for the customer's first node."""
    agent = await runtime_of(platform, customer)
    node = customer.deployment.instance_ids[0]
    return await agent.recommendations.submit(customer.id, proposal(kind, f"A {kind.replace('_', ' ')} of {node}", node))


def proposal(kind: str, title: str, node: str, agent: str = "cost") -> dict[str, object]:
    """A recommendation for one node as an agent hands it in."""
    figures = {"risk_level": "low", "estimated_savings": "900.00", "confidence": "0.80", "dependencies": []}
    return {"type": kind, "agent_type": agent, "title": title, "affected_resources": [node], **figures}


def _judged(recommendation: Recommendation) -> bool:
    return recommendation.status == "pending" and all(validation.verdict != "pending" for validation in recommendation.validations)


async def expect_advised_within(platform: Platform, customer: Customer, agent: str, kind: str, within: Limit) -> Recommendation:
    """The agent's recommendation of that kind; AssertionError when it was made later than that after the discovery, or was asked for."""
    found = await advised(platform, customer, agent, kind, within)
    known = (await platform.fleets.of(customer.id)).discovered_at
    asked = [each.agent_type for each in await platform.analyses.of(customer.id) if each.trigger == "request"]
    late = known is None or found.created_at - known > within.length
    expect(not late and not asked, lambda: f"the advice should come by itself within {within}, but: {found}, made {found.created_at}, asked: {asked}")
    return found


async def expect_no_other_advice(platform: Platform, customer: Customer, known: Recommendation) -> None:
    """AssertionError when anything else is recommended."""
    others = [each for each in await platform.recommendations.of(customer.id) if each.id != known.id]
    expect(not others, lambda: f"nothing else should be recommended to {customer.name}, but: {', '.join(map(str, others))}")


async def expect_no_advice(platform: Platform, customer: Customer) -> None:
    """AssertionError when anything was ever recommended, or the dashboard promises savings."""
    ever = await platform.recommendations.of(customer.id)
    expect(not ever, lambda: f"nothing should be recommended to {customer.name}, but: {', '.join(map(str, ever))}")
    dashboard = await platform.portal.dashboard(customer.id)
    expect(dashboard.potential_savings == 0, lambda: f"the dashboard should promise nothing, but it is: {dashboard}")


async def expect_withdrawn(platform: Platform, recommendation: Recommendation, within: Limit) -> None:
    """AssertionError when the recommendation does not end undecided in time."""
    await eventually(
        lambda: platform.recommendations.get(recommendation.id),
        holds=lambda seen: seen.status == "expired",
        within=within,
        because=f"the advice should be withdrawn: {recommendation}",
        until_terminal=lambda seen: seen.status not in {"pending", "expired"},
    )
