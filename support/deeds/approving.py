"""Decisions of a customer about recommendations, and what must come of them."""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from support.deeds.proposing import proposal, runtime_of
from support.drivers.api.answer import Refused, accepted
from support.drivers.api.optimizations import Optimization
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Decision, OrderOfExecution, Recommendation
from support.drivers.api.transport import Credentials
from support.drivers.events import Timeline
from support.expectation import expect
from support.newcomers import Newcomers
from support.patience import Limit
from support.story import Customer, Story
from support.waiting import eventually

if TYPE_CHECKING:
    from support.drivers.records import Records

Answers = tuple[Decision | Refused, ...]
LIFE = ("recommendation_created", "recommendation_approved", "optimization_started", "optimization_completed")


async def of_risk(platform: Platform, story: Story, risk: str) -> Recommendation:
    """A recommendation of that risk by the customer's own agent: it takes the first node for idle."""
    agent = await runtime_of(platform, story.customer)
    wish = proposal("cost", "idle_termination", story.customer.deployment.instance_ids[:1], risk_level=risk)
    return accepted(await agent.recommendations.submit(story.customer.id, wish))


async def colleague(platform: Platform, newcomers: Newcomers, story: Story) -> Platform:
    """The platform as somebody else of the customer's people uses it, who may decide."""
    company = newcomers.company(story.customer.name, story.customer.persona.plan)
    credentials = Credentials(f"{secrets.token_hex(4)}.{company.credentials.username}", company.credentials.password)
    accepted(await platform.customers.add_colleague(story.customer.id, credentials, "approver"))
    return platform.acting_as(await platform.signed_in(f"an approver of {story.customer.name}", credentials))


async def approve_often(platform: Platform, recommendation: Recommendation, times: int) -> Answers:
    """The answers to the same approval, one after the other."""
    return tuple([await platform.recommendations.approve(recommendation.id) for _ in range(times)])


async def approve_together(people: tuple[Platform, ...], recommendation: Recommendation) -> Answers:
    """The answers to approvals that are under way at the same time."""
    return tuple(await asyncio.gather(*(one.recommendations.approve(recommendation.id) for one in people)))


async def decide_against_each_other(one: Platform, other: Platform, recommendation: Recommendation) -> Answers:
    """The answers to an approval and a rejection that are under way at the same time."""
    decisions = one.recommendations.approve(recommendation.id), other.recommendations.reject(recommendation.id, "the demo is on Monday")
    return tuple(await asyncio.gather(*decisions))


async def changes_at_rest(platform: Platform, customer: Customer, within: Limit) -> tuple[Optimization, ...]:
    """Every change of the customer's fleet, once there is one and none is under way any more."""
    return await eventually(
        lambda: platform.optimizations.of(customer.id),
        holds=lambda changes: bool(changes) and all(change.ended for change in changes),
        within=within,
        because=f"a change of {customer.name}'s fleet should have been started, and have ended",
    )


def expect_same_optimization(answers: Answers) -> None:
    """AssertionError when one of the approvals was refused, or names another change."""
    named = {answer.optimization_id if isinstance(answer, Decision) else str(answer) for answer in answers}
    expect(len(named) == 1 and None not in named, lambda: f"all {len(answers)} approvals should name the same change, but they name {named}")


async def expect_one_started(changes: tuple[Optimization, ...], records: Records, told: Timeline, story: Story) -> None:
    """AssertionError when the recommendation has not led to exactly one change: as listed, as on record and as told."""
    listed = [(change.id, change.recommendation_id) for change in changes]
    kept = [(row["id"], row["recommendation_id"]) for row in await records.of("optimizations", customer_id=story.customer.id)]
    begun = [event.payload.get("optimization_id") for event in told.of_type("optimization_started")]
    right = len(listed) == 1 and listed == kept and [listed[0][0]] == begun and listed[0][1] == story.recommendation.id
    expect(right, lambda: f"exactly one change should carry out {story.recommendation.id}, but listed are {listed}, on record {kept}, told {begun}")


async def expect_state(platform: Platform, recommendation: Recommendation, status: str) -> None:
    """AssertionError when the recommendation is in another state."""
    seen = await platform.recommendations.get(recommendation.id)
    expect(seen.status == status, lambda: f"the recommendation should be {status}, but it is: {seen}")


def expect_code(refusal: Refused, code: str) -> None:
    """AssertionError when the refusal is for another reason."""
    expect((refusal.status, refusal.code) == (409, code), lambda: f"it should be refused as {code.replace('_', ' ')}, but it was {refusal}")


def expect_lapse_told(told: Timeline, recommendation: Recommendation, limit: timedelta) -> None:
    """AssertionError when the customer was not told, once and at the very moment, that the recommendation has lapsed."""
    heard = [event.timestamp for event in told.of_type("recommendation_expired") if event.payload.get("recommendation_id") == recommendation.id]
    due = recommendation.created_at + limit
    moments = ", ".join(map(str, heard)) or "no time"
    expect(heard == [due], lambda: f"the customer should be told at {due} that the recommendation has lapsed, but was told at {moments}: {told}")


def expect_one_holds(answers: Answers, recommendation: Recommendation) -> None:
    """AssertionError when not exactly one of two contrary decisions was taken, or the recommendation shows another."""
    taken = [answer for answer in answers if isinstance(answer, Decision)]
    refused = [answer.code for answer in answers if isinstance(answer, Refused)]
    expect(len(taken) == 1 and refused == ["already_decided"], lambda: f"one decision should hold and one be refused, but the answers are {answers}")
    rejected = taken[0].status == "rejected"
    expect(
        (recommendation.status == "rejected") == rejected and (recommendation.optimization_id is None) == rejected,
        lambda: f"the recommendation should show that it was {taken[0].status}, but it is: {recommendation}",
    )


def expect_life(told: Timeline, recommendation: Recommendation, change_id: str) -> None:
    """AssertionError when the customer was not told of each state of the recommendation and its change, once and in order."""
    about = {recommendation.id, change_id}
    named = [(event.type, {event.payload.get("recommendation_id"), event.payload.get("optimization_id")}) for event in told.of_type(*LIFE)]
    heard = tuple(kind for kind, names in named if names & about)
    expect(heard == LIFE, lambda: f"the customer should be told {LIFE}, but was told {heard}")


def expect_needed_order(answer: OrderOfExecution, recommendations: tuple[Recommendation, ...]) -> None:
    """AssertionError when something is left out of the order, or stands before what it needs."""
    order = answer.order_of_execution
    expect(sorted(order) == sorted(each.id for each in recommendations), lambda: f"all should be carried out, but the order is {order}")
    early = [each for each in recommendations for need in each.dependencies if order.index(each.id) < order.index(need)]
    expect(not early, lambda: f"nothing should stand before what it needs, but these do: {', '.join(map(str, early))}")


def expect_one_dropped(answer: OrderOfExecution, recommendations: tuple[Recommendation, ...], told: Timeline) -> None:
    """AssertionError when not exactly one of the two is carried out, with the other dropped in its favour and told to be rejected."""
    carried, dropped = answer.order_of_execution, [(each.recommendation_id, each.in_favour_of) for each in answer.dropped]
    (other,) = [each.id for each in recommendations if each.id not in carried][:1] or [""]
    expect(len(carried) == 1 and dropped == [(other, carried[0])], lambda: f"one should be dropped in favour of the other, but: {answer}")
    rejected = [event.payload.get("recommendation_id") for event in told.of_type("recommendation_rejected")]
    expect(rejected == [other], lambda: f"the customer should be told that {other} is dropped, but was told that of {rejected}")
