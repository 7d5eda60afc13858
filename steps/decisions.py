"""Decisions: what the orchestrator has decided on record, and what comes of carrying it out."""

from __future__ import annotations

from support.deciding import all_ended, expect_in_needed_order, expect_record
from support.drivers.api.conflicts import Resolution
from support.drivers.api.platform import Platform
from support.drivers.events import Events
from support.drivers.records import Records
from support.gherkin import then, when
from support.patience import Patience
from support.story import Story


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
    expect_record(await records.of("resolutions", id=answered.id), answered, strategy)


@then("no change has begun")
async def nothing_begun(story: Story, platform: Platform, events: Events) -> None:
    """Neither by the list of changes nor by what the customer was told."""
    changes = await platform.optimizations.of(story.customer.id)
    told = await events.of(story.customer.id, story.customer.owner)
    assert not changes and not told.of_type("optimization_started"), f"nothing should have begun, but: {'; '.join(map(str, changes)) or told}"


@then("each of them is carried out, nothing before what it needs")
async def chain_carried_out(story: Story, platform: Platform, events: Events, patience: Patience) -> None:
    """By the order in which the customer was told."""
    changes = await all_ended(platform, story.customer, patience.decision)
    expect_in_needed_order(story, changes, await events.of(story.customer.id, story.customer.owner))
