"""Holdings: what OptiInfra keeps of a customer, and that it stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.deeds.guarding import expect_same_held, held_of
from support.gherkin import given, then
from support.story import Story

if TYPE_CHECKING:
    from support.drivers.records import Records


@given("what OptiInfra holds of {string} is noted")
async def holdings_noted(story: Story, records: Records, name: str) -> None:
    """Every record of the customer, as the database has it."""
    story.held = await held_of(records, story.customer_named(name))


@then("OptiInfra holds the same of {string} as before")
async def holdings_unchanged(story: Story, records: Records, name: str) -> None:
    """Nothing added, nothing removed, nothing changed; only the attempt itself may be on record."""
    expect_same_held(story.held, await held_of(records, story.customer_named(name)), name)
