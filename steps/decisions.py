"""Decisions: what the orchestrator has decided on record, and what comes of carrying it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.deeds.deciding import (
    all_ended,
    carry_out_twice,
    expect_carried_out_as_decided,
    expect_everybody_told,
    expect_in_needed_order,
    expect_in_sequence,
    expect_once,
    expect_record,
    expect_second_never_begun,
)
from support.drivers.api.answer import accepted
from support.drivers.api.conflicts import Resolution
from support.drivers.api.platform import Platform
from support.drivers.events import Events
from support.gherkin import given, then, when
from support.patience import Patience
from support.story import Story

if TYPE_CHECKING:
    from support.drivers.records import Records


@given("the customer has had the decision carried out")
async def decision_was_carried_out(story: Story, platform: Platform) -> None:
    """What it decided has begun."""
    accepted(await platform.conflicts.execute(story.resolution.id))


@when("the customer has the decision carried out")
async def decision_carried_out(story: Story, platform: Platform) -> None:
    """As it was decided."""
    story.outcome = await platform.conflicts.execute(story.resolution.id)


@when("the customer has the decision carried out twice")
async def decision_carried_out_again(story: Story, platform: Platform) -> None:
    """The second time after the first was answered."""
    story.outcome = [await platform.conflicts.execute(story.resolution.id), await platform.conflicts.execute(story.resolution.id)]


@when("two people have the decision carried out at the same moment")
async def decision_carried_out_by_two(story: Story, platform: Platform) -> None:
    """Neither waits for the other's answer."""
    story.outcome = await carry_out_twice(platform, story.resolution)


@when("the customer approves all of them together")
async def all_approved(story: Story, platform: Platform) -> None:
    """In one decision."""
    story.outcome = await platform.recommendations.approve_together([each.id for each in story.recommendations])


@when("the customer approves the first of them")
async def first_approved(story: Story, platform: Platform) -> None:
    """And says nothing about the others."""
    story.outcome = await platform.recommendations.approve(story.recommendations[0].id)


@then("the record keeps the strategy {string} with winner and loser", verifies="REQ-CNF-007")
async def decision_recorded(story: Story, records: Records, strategy: str) -> None:
    """As it lies in the database."""
    answered = story.success(Resolution)
    expect_record(await records.of("resolutions", id=answered.id), answered, story, strategy)


@then("no change has begun")
async def nothing_begun(story: Story, platform: Platform, events: Events) -> None:
    """Neither by the list of changes nor by what the customer was told."""
    changes = await platform.optimizations.of(story.customer.id)
    told = await events.of(story.customer.id, story.customer.owner)
    assert (changes, told.of_type("optimization_started")) == ((), ()), f"nothing should have begun, but: {'; '.join(map(str, changes)) or told}"


@then("each of them is carried out, nothing before what it needs")
async def chain_carried_out(story: Story, platform: Platform, events: Events, patience: Patience) -> None:
    """By the order in which the customer was told."""
    changes = await all_ended(platform, story, patience.decision)
    expect_in_needed_order(story, changes, await events.of(story.customer.id, story.customer.owner))


@then("exactly what was decided is carried out, and nothing else")
async def decision_followed(story: Story, platform: Platform, patience: Patience) -> None:
    """One completed change for each that was to be carried out, none for the others, which are turned down."""
    changes = await all_ended(platform, story, patience.migration)
    expect_carried_out_as_decided(story, changes, await platform.recommendations.of(story.customer.id))


@then("the {agent} agent's change completes before the {agent} agent's begins")
async def changes_in_sequence(story: Story, platform: Platform, events: Events, patience: Patience, one: str, other: str) -> None:
    """Both complete, and by what the customer was told the second waited for the first."""
    changes = await all_ended(platform, story, patience.sequence)
    expect_in_sequence(story, changes, await events.of(story.customer.id, story.customer.owner), (one, other))


@then("the {agent} agent's change is taken back and the {agent} agent's never begins")
async def second_never_begun(story: Story, platform: Platform, events: Events, patience: Patience, one: str, other: str) -> None:
    """The second is cancelled, and the customer was never told that it began."""
    changes = await all_ended(platform, story, patience.sequence)
    expect_second_never_begun(story, changes, await events.of(story.customer.id, story.customer.owner), (one, other))


@then("the orchestrator and every agent involved are told of it, once each")
async def everybody_told(story: Story, events: Events) -> None:
    """And nobody else."""
    expect_everybody_told(story, await events.of(story.customer.id, story.customer.owner))


@then("both are answered with the same changes, and each is made once")
async def carried_out_once(story: Story, platform: Platform, events: Events, patience: Patience) -> None:
    """By the answers, by the list of changes and by what the customer was told."""
    changes = await all_ended(platform, story, patience.migration)
    expect_once(story, changes, await events.of(story.customer.id, story.customer.owner))
