"""Decisions of the orchestrator on record and carried out: what must be true of both."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from support.deeds.proposing import named
from support.drivers.api.answer import Refused
from support.drivers.api.conflicts import Resolution, ResolutionExecuted
from support.drivers.api.optimizations import Optimization
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
from support.drivers.events import Timeline
from support.expectation import expect
from support.patience import Limit
from support.story import Story
from support.waiting import eventually


async def all_ended(platform: Platform, story: Story, within: Limit) -> tuple[Optimization, ...]:
    """Every change of the customer once none of them is under way; at least one. AssertionError when the last request was refused."""
    outcome, customer = story.facts.get("outcome"), story.customer
    expect(not isinstance(outcome, Refused), lambda: f"the platform should have begun what was decided, but it {outcome}")
    return await eventually(
        lambda: platform.optimizations.of(customer.id),
        holds=lambda changes: bool(changes) and all(change.ended for change in changes),
        within=within,
        because=f"every change of {customer.name}'s fleet should come to an end",
    )


def expect_record(kept: Sequence[Mapping[str, Any]], answered: Resolution, story: Story, strategy: str) -> None:
    """AssertionError when the record in the database is not one decision with that strategy, and the winner, losers, order and reason as answered.

    Each of the scenario's recommendations must have its place in the order, or have been dropped.
    """
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
    placed = sorted([*answered.execution_order, *(each.recommendation_id for each in answered.dropped)])
    asked = sorted(each.id for each in story.recommendations)
    expect(placed == asked, lambda: f"each of {asked} should have its place or have been dropped, but the record is\n  {seen}")
    sides = answered.chosen_recommendation is not None and bool(answered.dropped)
    expect(sides == (strategy == "prioritize customer"), lambda: f"a {strategy} should keep winner and loser where there are any, but it is: {seen}")


def expect_in_needed_order(story: Story, changes: Sequence[Optimization], told: Timeline) -> None:
    """AssertionError when not every recommendation was carried out, or one began before what it needs had completed."""
    done = {change.recommendation_id: change for change in changes}
    missing = [named(each) for each in story.recommendations if each.id not in done or done[each.id].status != "completed"]
    expect(not missing, lambda: f"each should be carried out, but not: {', '.join(missing)}")
    began, ended = _moments(told, "optimization_started"), _moments(told, "optimization_completed")
    early = [named(each) for each in story.recommendations for need in each.dependencies if began[done[each.id].id] < ended[done[need].id]]
    expect(not early, lambda: f"nothing should begin before what it needs has completed, but these did: {', '.join(early)}")


def expect_in_sequence(story: Story, changes: Sequence[Optimization], told: Timeline, agents: tuple[str, str]) -> None:
    """AssertionError when the second agent's change did not begin after the first's had completed, or either did not complete."""
    first, second = (_change_of(story, changes, agent) for agent in agents)
    began, ended = _moments(told, "optimization_started"), _moments(told, "optimization_completed")
    for change in (first, second):
        expect(change.status == "completed", lambda change=change: f"the {change.type} should complete, but it is {change}")  # type: ignore[misc]
    in_order = ended[first.id] < began[second.id]
    expect(in_order, lambda: f"the {second.type} should begin after the {first.type} has completed, but the customer was told: {told}")


def expect_second_never_begun(story: Story, changes: Sequence[Optimization], told: Timeline, agents: tuple[str, str]) -> None:
    """AssertionError when the first agent's change was not rolled back, or the second's was begun all the same."""
    first, second = (_change_of(story, changes, agent) for agent in agents)
    expect(first.status == "rolled_back", lambda: f"the {first.type} should be taken back, but it is {first}")
    idle = second.status == "cancelled" and second.id not in _moments(told, "optimization_started")
    expect(idle, lambda: f"the {second.type} should never begin, but it is {second}, and the customer was told: {told}")


def expect_carried_out_as_decided(story: Story, changes: Sequence[Optimization], now: Sequence[Recommendation]) -> None:
    """AssertionError when the changes are not exactly those decided on, completed, or what was dropped was not turned down naming its winner."""
    decided, states = story.resolution, {each.id: each for each in now}
    done = {change.recommendation_id: change.status for change in changes}
    wanted = dict.fromkeys(decided.execution_order, "completed")
    names = {each.id: named(each) for each in now}
    told = {names.get(str(key), key): value for key, value in done.items()}
    expect(done == wanted, lambda: f"exactly {[names[each] for each in wanted]} should be carried out to the end, but: {told}")
    for each in decided.dropped:
        loser = states[each.recommendation_id]
        turned_down = loser.status == "rejected" and each.in_favour_of in (loser.rejection_reason or "")
        expect(turned_down, lambda loser=loser: f"{named(loser)} should be turned down for its winner, but: {loser}, {loser.rejection_reason}")  # type: ignore[misc]


def expect_everybody_told(story: Story, told: Timeline) -> None:
    """AssertionError when the executed decision was not told once to the orchestrator and once to each agent involved, and to nobody else."""
    executed = [event for event in told.of_type("resolution_executed") if event.payload.get("resolution_id") == story.resolution.id]
    heard = sorted(str(event.agent_type) for event in executed)
    wanted = sorted({"orchestrator", *(each.agent_type for each in story.recommendations)})
    expect(heard == wanted, lambda: f"{', '.join(wanted)} should each be told once of the decision, but told were: {', '.join(heard) or 'nobody'}")


async def carry_out_twice(platform: Platform, decision: Resolution) -> list[ResolutionExecuted | Refused]:
    """What two requests are answered that are under way at the same time."""
    return list(await asyncio.gather(*(platform.conflicts.execute(decision.id) for _ in range(2))))


def expect_once(story: Story, changes: Sequence[Optimization], told: Timeline) -> None:
    """AssertionError when both answers do not name the same changes, or any of them was made or begun more than once."""
    first, second = story.outcome
    expect(first == second and isinstance(first, ResolutionExecuted), lambda: f"both should be answered alike, but:\n  {first}\n  {second}")
    made = sorted(change.id for change in changes)
    begun = sorted(str(event.payload["optimization_id"]) for event in told.of_type("optimization_started"))
    wanted = sorted(first.optimization_ids)
    expect(made == wanted == begun, lambda: f"exactly the changes {wanted} should be made, each once, but made were {made}, begun {begun}")
    expect_everybody_told(story, told)


def _change_of(story: Story, changes: Sequence[Optimization], agent: str) -> Optimization:
    """The one change that carries out what the agent recommended; AssertionError when there is none, or more than one."""
    wanted = {each.id for each in story.recommendations if each.agent_type == agent}
    found = [change for change in changes if change.recommendation_id in wanted]
    expect(len(found) == 1, lambda: f"one change should carry out what the {agent} agent recommended, but there are {len(found)}")
    return found[0]


def _moments(told: Timeline, kind: str) -> dict[str, int]:
    return {str(event.payload["optimization_id"]): event.sequence for event in told.of_type(kind)}
