"""The next fleet of a customer, and what OptiInfra makes of what it remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from support.drivers.api.optimizations import Optimization
from support.drivers.api.platform import Platform
from support.drivers.api.portal import SavingsBook
from support.drivers.api.recommendations import Recommendation
from support.drivers.provisioning import provision
from support.drivers.simulator import Simulator
from support.expectation import expect
from support.patience import Limit
from support.story import Customer, Estate, Story
from support.waiting import eventually

NEXT = "search"
"""The name of the deployment that a customer adds."""


async def add_fleet(simulator: Simulator, customer: Customer, **differing: Any) -> Estate:  # noqa: ANN401  (any trait)
    """Another deployment in the customer's account, of one node, like its main one but for what is given."""
    trait = replace(customer.persona.main_fleet, deployment=NEXT, **differing)
    built = await provision(simulator, customer.account, trait, 1)
    return Estate(customer.persona, customer.account, (built,))


async def advised_for(platform: Platform, story: Story, within: Limit) -> Recommendation:
    """The spot migration that is recommended for the fleet that was added; AssertionError when there is none in time."""
    added, customer = story.estate.deployments[0], story.customer

    async def looked() -> tuple[Recommendation, ...]:
        found = await platform.recommendations.of(customer.id, "pending")
        return tuple(each for each in found if each.type == "spot_migration" and set(each.affected_resources) & set(added.instance_ids))

    seen = await eventually(looked, holds=bool, within=within, because=f"a spot migration of {customer.name}'s new fleet should be recommended")
    return seen[0]


def expect_remembered(patterns: Sequence[Mapping[str, Any]], change: Optimization, book: SavingsBook) -> None:
    """AssertionError when the change is not remembered once, as a success, with the figures of the book."""
    told = [(each["optimization_id"], each["outcome"], _cents(each["predicted"]), _cents(each["realized"])) for each in patterns]
    booked = [(entry.optimization_id, "success", _cents(entry.predicted), _cents(entry.monthly_saving)) for entry in book.entries]
    right = told == booked and [entry[0] for entry in told] == [change.id]
    expect(right, lambda: f"the migration should be remembered as it is booked\n  booked:     {booked}\n  remembered: {told}")


def expect_precedent(recommendation: Recommendation, pattern: Mapping[str, Any]) -> None:
    """AssertionError when the recommendation names no precedent, another one, or one that ended otherwise."""
    named = recommendation.precedent
    expected = (pattern["id"], pattern["outcome"])
    told = named and (named.pattern_id, named.outcome)
    expect(told == expected, lambda: f"the recommendation should name {expected} as its precedent, but it names {named or 'none'}")


def _cents(amount: object) -> Decimal:
    return Decimal(str(amount)).quantize(Decimal("0.01"))
