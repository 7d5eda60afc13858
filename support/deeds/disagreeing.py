"""Disagreements: agents of the customer that want contrary things, and what was decided between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from support.deeds.proposing import named, proposal, runtime_of, side
from support.drivers.api.answer import accepted
from support.drivers.api.conflicts import Conflict, Resolution
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
from support.drivers.events import Timeline
from support.expectation import expect
from support.story import Customer, Story

Side = tuple[str, str]
"""An agent, and the type of what it recommends."""


async def disagree(platform: Platform, customer: Customer, one: str, other: str) -> tuple[Recommendation, ...]:
    """The first agent wants the customer's first node ended as idle, the second wants exactly that node kept on demand."""
    node = customer.deployment.instance_ids[0]
    agents = await runtime_of(platform, customer)
    end = proposal(one, "idle_termination", [node], estimated_savings="900.00")
    keep = proposal(other, "stay_on_demand", [node], estimated_savings="0.00")
    return tuple([accepted(await agents.recommendations.submit(customer.id, each)) for each in (end, keep)])


async def objection(platform: Platform, customer: Customer, to: Recommendation, agent: str) -> tuple[Recommendation, ...]:
    """The recommendation, and the agent's wish that everything it touches, and the rest of the deployment's nodes, stays on demand as it is."""
    agents = await runtime_of(platform, customer)
    nodes = to.affected_resources if to.type != "spot_migration" else customer.deployment.instance_ids
    keep = proposal(agent, "stay_on_demand", nodes, estimated_savings="0.00", risk_level="low")
    return to, accepted(await agents.recommendations.submit(customer.id, keep))


async def circle(platform: Platform, customer: Customer, length: int) -> tuple[Recommendation, ...]:
    """So many recommendations, each of which waits for the next one, and the last one for the first."""
    agents = await runtime_of(platform, customer)
    node = customer.deployment.instance_ids[0]
    kinds = ("stay_on_demand", "kv_cache_tuning", "batch_tuning", "quantization", "rightsizing")[:length]
    made = [accepted(await agents.recommendations.submit(customer.id, proposal("performance", kind, [node]))) for kind in kinds]
    following = (*made[1:], made[0])
    revised = [await agents.recommendations.revise(one.id, dependencies=[other.id]) for one, other in zip(made, following, strict=True)]
    return tuple(accepted(each) for each in revised)


async def settled(platform: Platform, story: Story) -> Resolution:
    """The orchestrator's decision between the scenario's recommendations."""
    return accepted(await platform.conflicts.settle(story.customer.id, [each.id for each in story.recommendations]))


async def settled_in_every_order(platform: Platform, story: Story) -> tuple[Resolution, ...]:
    """The decisions, one for each order in which the sides can be named."""
    orders = permutations([each.id for each in story.recommendations])
    return tuple([accepted(await platform.conflicts.settle(story.customer.id, order)) for order in orders])


def expect_chosen(story: Story, winner: str, loser: str) -> None:
    """AssertionError when the decision is not for the one and against the other agent's recommendation."""
    resolution = story.success(Resolution)
    by_agent: dict[str, str] = {each.agent_type: each.id for each in story.recommendations}
    sides = {each.id: f"the {each.agent_type} agent's" for each in story.recommendations}
    chosen = sides.get(resolution.chosen_recommendation or "", "nobody's")
    dropped = {each.recommendation_id: each.in_favour_of for each in resolution.dropped}
    expect(
        resolution.chosen_recommendation == by_agent[winner] and dropped.get(by_agent[loser]) == by_agent[winner],
        lambda: f"the {winner} agent's recommendation should be chosen over the {loser} agent's, but {chosen} was: {resolution.reason}",
    )


def expect_outcome(story: Story, carried: Sequence[Side], dropped: Sequence[tuple[Side, Side]]) -> None:
    """AssertionError when the decision is not to carry out exactly these, and to drop exactly those, each in favour of its winner."""
    resolution = story.success(Resolution)
    seen = (set(resolution.execution_order), {(each.recommendation_id, each.in_favour_of) for each in resolution.dropped})
    wanted = ({_id(story, each) for each in carried}, {(_id(story, loser), _id(story, winner)) for loser, winner in dropped})
    expect(seen == wanted, lambda: f"expected: {_told(story, *wanted)}\n  decided:  {_told(story, *seen)}\n  reason:   {resolution.reason}")


def expect_same_decision(decisions: Sequence[Resolution]) -> None:
    """AssertionError when the decisions differ in anything but their own ids."""
    first, *others = [each.model_copy(update={"id": ""}) for each in decisions]
    different = next((each for each in others if each != first), first)
    expect(different == first, lambda: f"the same should be decided whoever is named first\n  first:  {first}\n  later:  {different}")


def expect_reasoned(on_record: Resolution, story: Story) -> None:
    """AssertionError when the record differs from what was answered, or its reason does not name both sides and why."""
    answered = story.success(Resolution)
    expect(on_record == answered, lambda: f"the record should be what was answered\n  answered: {answered}\n  on record: {on_record}")
    reason = on_record.reason or ""
    unnamed = [each.title for each in story.recommendations if each.id not in reason]
    expect(not unnamed and "because" in reason, lambda: f"the reason should name both sides and the criterion, but it is: {reason or 'empty'}")


def expect_conflict(story: Story, kind: str, severity: str) -> None:
    """AssertionError when not exactly one conflict is reported, of that kind and severity, between all of the scenario's recommendations."""
    _expect_one(story, story.success(Resolution).conflicts, kind, severity)


def expect_circle_told(story: Story, told: Timeline, severity: str) -> None:
    """AssertionError when the customer was not told of one conflict of dependencies, of that severity, among all of the recommendations."""
    reported = tuple(Conflict.model_validate(event.payload) for event in told.of_type("conflict_detected"))
    _expect_one(story, reported, "dependency", severity)


def expect_circle_named(story: Story) -> None:
    """AssertionError when the refusal does not name every member of the circle in the order in which they wait for each other."""
    refused = story.refusal()
    ids = [each.id for each in story.recommendations]
    ways = [" -> ".join((*ids[start:], *ids[:start], ids[start])) for start in range(len(ids))]
    expect(any(way in refused.reason for way in ways), lambda: f"the refusal should name the circle {ways[0]}, but it was {refused}")


def _expect_one(story: Story, reported: Sequence[Conflict], kind: str, severity: str) -> None:
    ids = {each.id for each in story.recommendations}
    seen = [(each.kind, each.severity, set(each.recommendation_ids)) for each in reported]
    told = "; ".join(f"{each.kind}, {each.severity}: {each.description}" for each in reported) or "none"
    expect(seen == [(kind, severity, ids)], lambda: f"one {kind} conflict of {severity} severity should be reported among all, but: {told}")


def _id(story: Story, wanted: Side) -> str:
    return side(story.recommendations, *wanted).id


def _told(story: Story, carried: set[str], dropped: set[tuple[str, str]]) -> str:
    known = {each.id: named(each) for each in story.recommendations}
    done = " and ".join(sorted(known.get(each, each) for each in carried)) or "nothing"
    away = "; ".join(sorted(f"{known.get(one, one)} in favour of {known.get(other, other)}" for one, other in dropped)) or "nothing"
    return f"{done} carried out; dropped: {away}"
