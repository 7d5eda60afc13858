"""Finding the advice that a scenario is about among everything that the agents recommend."""

from __future__ import annotations

from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
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


def _judged(recommendation: Recommendation) -> bool:
    return recommendation.status == "pending" and all(validation.verdict != "pending" for validation in recommendation.validations)
