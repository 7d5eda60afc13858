"""Decisions of the orchestrator on record and carried out: what must be true of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from support.drivers.api.conflicts import Resolution
from support.drivers.api.optimizations import Optimization
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
from support.drivers.events import Timeline
from support.expectation import expect
from support.patience import Limit
from support.proposing import named
from support.story import Customer, Story
from support.waiting import eventually



async def all_ended(platform: Platform, customer: Customer, within: Limit) -> tuple[Optimization, ...]:
    """Every change of the customer, in the order in which they were ordered, once none of them is under way; at least one."""
    return await eventually(
        lambda: platform.optimizations.of(customer.id),
        holds=lambda changes: bool(changes) and all(change.ended for change in changes),
        within=within,
        because=f"every change of {customer.name}'s fleet should come to an end",
    )


def expect_record(kept: Sequence[Mapping[str, Any]], answered: Resolution, strategy: str) -> None:
    """AssertionError when the record in the database is not one decision with that strategy, and the winner, losers and reason as answered."""
    wanted = {
        "strategy": strategy.replace(" ", "_"),
        "chosen": answered.chosen_recommendation,
        "dropped": [(each.recommendation_id, each.in_favour_of) for each in answered.dropped],
        "order": list(answered.execution_order),
        "reason": answered.reason,
    }
    seen = [
        {
            "strategy": row["strategy"],
            "chosen": row["chosen"],
            "dropped": [(each["recommendation_id"], each["in_favour_of"]) for each in row["dropped"]],
            "order": row["execution_order"],
            "reason": row["reason"],
        }
        for row in kept
    ]
    expect(seen == [wanted] and bool(answered.reason), lambda: f"the record should be\n  {wanted}\nbut it is\n  {seen}")


def expect_in_needed_order(story: Story, changes: Sequence[Optimization], told: Timeline) -> None:
    """AssertionError when not every recommendation was carried out, or one began before what it needs had completed."""
    done = {change.recommendation_id: change for change in changes}
    missing = [named(each) for each in story.recommendations if each.id not in done or done[each.id].status != "completed"]
    expect(not missing, lambda: f"each should be carried out, but not: {', '.join(missing)}")
    began, ended = _moments(told, "optimization_started"), _moments(told, "optimization_completed")
    early = [
        named(each)
        for each in story.recommendations
        for need in each.dependencies
        if began[done[each.id].id] < ended[done[need].id]
    ]
    expect(not early, lambda: f"nothing should begin before what it needs has completed, but these did: {', '.join(early)}")


def expect_in_sequence(first: Optimization, second: Optimization, told: Timeline) -> None:
    """AssertionError when the second change did not begin after the first had completed, as the customer was told."""
    began, ended = _moments(told, "optimization_started"), _moments(told, "optimization_completed")
    in_order = first.id in ended and second.id in began and ended[first.id] < began[second.id]
    expect(in_order, lambda: f"the {second.type} should begin after the {first.type} has completed, but the customer was told: {told}")


def change_for(changes: Sequence[Optimization], recommendation: Recommendation) -> Optimization:
    """The one change that carries the recommendation out; AssertionError when there is none, or more than one."""
    found = [change for change in changes if change.recommendation_id == recommendation.id]
    expect(len(found) == 1, lambda: f"one change should carry out {named(recommendation)}, but there are {len(found)}")
    return found[0]


def _moments(told: Timeline, kind: str) -> dict[str, int]:
    return {str(event.payload["optimization_id"]): event.sequence for event in told.of_type(kind)}
