"""Trails: who did what, as auditors can read it."""

from __future__ import annotations

from support.deeds.accounting import changes_asked_for, expect_complete, expect_said
from support.deeds.appointing import colleague_of, read_by, staff
from support.drivers.api.platform import Platform
from support.gherkin import then, when
from support.rooms import Room
from support.story import Story
from support.words import Role


@when("an auditor reads the trail of {string}")
async def trail_read(story: Story, auditor: Platform, room: Room, name: str) -> None:
    """From its first entry to its last."""
    story.changes = changes_asked_for(room.journal, auditor)
    story.trail = await auditor.audit.of(story.customer_named(name).id)


@when("somebody with the role {role} reads the trail of {string}")
async def trail_read_by_colleague(story: Story, platform: Platform, role: Role, name: str) -> None:
    """Somebody who acts for that customer."""
    customer = story.customer_named(name)
    story.outcome = await read_by(platform, await colleague_of(platform, customer, role), customer)


@when("somebody of OptiInfra's own with the role {role} reads the trail of {string}")
async def trail_read_by_staff(story: Story, auditor: Platform, role: Role, name: str) -> None:
    """Somebody who acts for no customer."""
    story.outcome = await read_by(auditor, await staff(auditor, role), story.customer_named(name))


@then("every change that {string} has asked for is in it, complete")
async def changes_recorded(story: Story, name: str) -> None:
    """With its time, its user, its action and what it was about."""
    expect_complete(story.trail, story.changes, name)


@then("it says of each thing who did what to it:")
async def deeds_recorded(story: Story, datatable: list[list[str]]) -> None:
    """Each thing by the name under which the customer knows it."""
    expect_said(story.trail, datatable[1:], story.customer, story.belongings_of(story.customer.name))
