"""Trails: who did what, as auditors can read it."""

from __future__ import annotations

from support.accounting import changes_asked_for, expect_complete, expect_said
from support.drivers.api.platform import Platform
from support.gherkin import then, when
from support.rooms import Room
from support.story import Story


@when("an auditor reads the trail of {string}")
async def trail_read(story: Story, auditor: Platform, room: Room, name: str) -> None:
    """From its first entry to its last."""
    story.changes = changes_asked_for(room.journal, auditor)
    story.trail = await auditor.audit.of(story.customer_named(name).id)


@then("every change that {string} has asked for is in it, complete")
async def changes_recorded(story: Story, name: str) -> None:
    """With its time, its user, its action and what it was about."""
    expect_complete(story.trail, story.changes, name)


@then("it says of each thing who did what to it:")
async def deeds_recorded(story: Story, datatable: list[list[str]]) -> None:
    """Each thing by the name under which the customer knows it."""
    expect_said(story.trail, datatable[1:], story.customer, story.belongings_of(story.customer.name))
