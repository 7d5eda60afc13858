"""Rejections, and what the agents make of them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from support.deeds.proposing import runtime_of
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
from support.expectation import expect
from support.story import Customer

if TYPE_CHECKING:
    from support.drivers.records import Records


async def expect_reason_kept(platform: Platform, records: Records, known: Recommendation, kept_for: tuple[str, str]) -> None:
    """AssertionError when the customer's words are not shown with the recommendation, or not on record once for that agent."""
    seen = await platform.recommendations.get(known.id)
    kept = [(row["agent_type"], row["reason"]) for row in await records.of("feedback", recommendation_id=known.id)]
    agent, reason = kept_for
    expect(seen.rejection_reason == reason, lambda: f"the recommendation should show {reason!r}, but it shows {seen.rejection_reason!r}")
    expect(kept == [kept_for], lambda: f"the {agent} agent should find {reason!r} once, but there is {kept}")


async def expect_agent_reads(platform: Platform, customer: Customer, known: Recommendation, reason: str) -> None:
    """AssertionError when the agent, with its own token, does not read the customer's reason."""
    seen = await (await runtime_of(platform, customer)).recommendations.get(known.id)
    expect(seen.rejection_reason == reason, lambda: f"the agent should read {reason!r}, but it reads {seen.rejection_reason!r}")


async def advised_again(platform: Platform, customer: Customer, known: Recommendation) -> list[Recommendation]:
    """What the same agent has recommended of the same kind for the same nodes since."""
    return [
        each
        for each in await platform.recommendations.of(customer.id)
        if each.id != known.id and (each.agent_type, each.type, each.affected_resources) == (known.agent_type, known.type, known.affected_resources)
    ]


def expect_less_sure(again: list[Recommendation], known: Recommendation) -> None:
    """AssertionError when the same is not recommended once more, or with as much confidence as before."""
    told = ", ".join(f"{each.confidence} at {each.created_at:%Y-%m-%d}" for each in again) or "it was not recommended again"
    sure = again[0].confidence if again else Decimal(1)
    expect(len(again) == 1 and 0 < sure < known.confidence, lambda: f"the agent should be less sure than {known.confidence}, but: {told}")
