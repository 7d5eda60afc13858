"""Approvals: who says yes to what, how often and in time, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.deeds.approving import (
    approve_often,
    approve_together,
    changes_at_rest,
    colleague,
    decide_against_each_other,
    expect_code,
    expect_lapse_told,
    expect_life,
    expect_needed_order,
    expect_one_dropped,
    expect_one_holds,
    expect_one_started,
    expect_same_optimization,
    expect_state,
    of_risk,
)
from support.deeds.changing import begin, ended
from support.drivers.api.answer import accepted
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import OrderOfExecution
from support.drivers.events import Events
from support.gherkin import given, then, when
from support.newcomers import Newcomers
from support.patience import Patience
from support.story import Story
from support.vocabulary import Duration

if TYPE_CHECKING:
    from support.drivers.records import Records


@given("an agent has made a recommendation of {risk} risk")
async def recommendation_of_risk(story: Story, platform: Platform, risk: str) -> None:
    """An agent of the customer's own; nobody has decided about it."""
    story.recommendation = await of_risk(platform, story, risk)


@given("the customer has approved the recommendation")
async def approval_given(story: Story, platform: Platform) -> None:
    """The change has begun."""
    story.optimization = await platform.optimizations.get(await begin(platform, story.recommendation))


@given("the change that it recommends is done")
async def change_done(story: Story, platform: Platform, patience: Patience) -> None:
    """Approved, carried out and completed."""
    story.answers = (accepted(await platform.recommendations.approve(story.recommendation.id)),)
    story.outcome = story.answers[0]
    story.optimization = await ended(platform, story.change_id, "completed", patience.migration)


@when("the customer approves the recommendation three times")
async def approved_thrice(story: Story, platform: Platform) -> None:
    """One after the other, as people do whose screen does not answer at once."""
    story.answers = await approve_often(platform, story.recommendation, 3)


@when("the customer approves the recommendation again")
async def approved_again(story: Story, platform: Platform) -> None:
    """Without having noticed that all is done."""
    story.answers = (*story.answers, *await approve_often(platform, story.recommendation, 1))


@when("two people approve the recommendation at one moment")
async def approved_by_two(story: Story, platform: Platform, newcomers: Newcomers) -> None:
    """Neither knows of the other."""
    other = await colleague(platform, newcomers, story)
    story.answers = await approve_together((platform, other, platform, other), story.recommendation)


@when("one person approves the recommendation while another rejects it")
async def contrary_decisions(story: Story, platform: Platform, newcomers: Newcomers) -> None:
    """Neither knows of the other."""
    story.answers = await decide_against_each_other(platform, await colleague(platform, newcomers, story), story.recommendation)


@when("the customer approves all of them together, the last one first")
async def all_approved_backwards(story: Story, platform: Platform) -> None:
    """In one decision, named in the contrary order."""
    story.outcome = await platform.recommendations.approve_together([each.id for each in reversed(story.recommendations)])


@then("exactly one optimization is started")
async def one_started(story: Story, platform: Platform, records: Records, events: Events, patience: Patience) -> None:
    """By the list of changes, by the database and by what the customer was told."""
    listed = await changes_at_rest(platform, story.customer, patience.migration)
    await expect_one_started(listed, records, await events.of(story.customer.id, story.customer.owner), story)


@then("every answer names the same optimization", verifies="REQ-JRN-008")
async def same_optimization_named(story: Story) -> None:
    """Nobody is refused for having asked twice."""
    expect_same_optimization(story.answers)


@then("the approval is refused because its time is over")
async def refused_as_lapsed(story: Story) -> None:
    """And not for any other reason."""
    expect_code(story.refusal(), "approval_lapsed")


@then("the customer was told so when {duration} were over", verifies="REQ-JRN-016")
async def lapse_told(story: Story, events: Events, limit: Duration) -> None:
    """At that very moment, by the customer's time."""
    expect_lapse_told(await events.of(story.customer.id, story.customer.owner), story.recommendation, limit)


@then("that is refused because it was decided before")
async def refused_as_decided(story: Story) -> None:
    """And not for any other reason."""
    expect_code(story.refusal(), "already_decided")


@then("the recommendation stays {recommendation_status}")
async def state_kept(story: Story, platform: Platform, status: str) -> None:
    """As everybody sees it."""
    await expect_state(platform, story.recommendation, status)


@then("one of both decisions holds and the other is refused", verifies="REQ-JRN-017")
async def one_decision_holds(story: Story, platform: Platform) -> None:
    """Whichever came first; the recommendation shows that one."""
    expect_one_holds(story.answers, await platform.recommendations.get(story.recommendation.id))


@then("the recommendation was made, approved, begun and completed, in this order", verifies="REQ-JRN-017")
async def states_in_order(story: Story, events: Events) -> None:
    """As the customer was told."""
    expect_life(await events.of(story.customer.id, story.customer.owner), story.recommendation, story.change_id)


@then("the order of execution follows what they need", verifies="REQ-JRN-015")
async def order_as_needed(story: Story) -> None:
    """Nothing is left out."""
    expect_needed_order(story.success(OrderOfExecution), story.recommendations)


@then("one is carried out and the other is dropped in its favour", verifies="REQ-JRN-015")
async def one_of_two_dropped(story: Story, events: Events) -> None:
    """And the customer is told."""
    told = await events.of(story.customer.id, story.customer.owner)
    expect_one_dropped(story.success(OrderOfExecution), story.recommendations, told)
