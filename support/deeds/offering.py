"""Offers of spot capacity: picking them out of what is recommended, and what must be true of them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from support import words
from support.drivers.api.recommendations import Recommendation, Validation
from support.drivers.cloud import Cloud
from support.expectation import expect
from support.personas import Persona
from support.story import Customer

OFFERS = frozenset({"spot_migration", "workload_placement"})
ENOUGH_SAMPLES = 100


def offered(recommendations: Iterable[Recommendation], *standing: words.RecommendationStatus) -> tuple[Recommendation, ...]:
    """The recommendations of spot capacity; of these states, or of any where none is named."""
    return tuple(each for each in recommendations if each.type in OFFERS and (not standing or each.status in standing))


def only_offer(recommendations: Iterable[Recommendation]) -> Recommendation:
    """The one offer of spot capacity that waits for a decision; AssertionError when there is none, or more than one."""
    seen = tuple(recommendations)
    found = offered(seen, "pending")
    told = "".join(f"\n  {each}" for each in seen) or " nothing"
    expect(len(found) == 1, lambda: f"spot capacity should be recommended once, but what is recommended is:{told}")
    return found[0]


def expect_opinion(offer: Recommendation, agent: words.AgentType) -> Validation:
    """That agent's opinion on the offer; AssertionError when it is missing, or not an approval with its reason."""
    told = ", ".join(f"{each.agent_type} {each.verdict} ({each.detail})" for each in offer.validations) or "no opinion"
    opinions = [each for each in offer.validations if each.agent_type == agent and each.verdict == "approved" and each.detail]
    expect(len(opinions) == 1, lambda: f"the {agent} agent should have approved the offer and said why, but there is: {told}")
    return opinions[0]


def expect_true_baseline(offer: Recommendation, persona: Persona) -> None:
    """AssertionError when the offer's baseline is not the share of questions that the persona's models answer right, or rests on too few."""
    baseline = expect_opinion(offer, "application").baseline
    true = Decimal(str(persona.main_fleet.behaviour.get("accuracy", 1)))
    expect(
        baseline is not None and baseline.quality == true and baseline.samples >= ENOUGH_SAMPLES,
        lambda: f"the baseline should be {true:%}, on at least {ENOUGH_SAMPLES} known questions, but it is: {baseline}",
    )


async def mark_intolerant(cloud: Cloud, customer: Customer, instance_id: str) -> None:
    """The node's owner says that its work must not be interrupted."""
    tag = {"Key": "optiinfra:interruptible", "Value": "false"}
    await cloud.account(customer.account).call("ec2", "create_tags", Resources=[instance_id], Tags=[tag])
