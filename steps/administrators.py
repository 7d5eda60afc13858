"""Administrators: people of OptiInfra's own, and what they do for customers."""

from __future__ import annotations

from support.deeds.accounting import expect_made_by, make_customer
from support.drivers.api.customers import CustomerRecord
from support.drivers.api.platform import Platform
from support.gherkin import then, when
from support.rooms import Room
from support.story import Story


@when("the administrator makes the customer {string}")
async def customer_made(story: Story, auditor: Platform, room: Room, name: str) -> None:
    """Without anybody having signed up."""
    story.outcome = await make_customer(auditor, room.undo, name)


@then("the first entry of its trail says that the administrator made it")
async def making_recorded(story: Story, auditor: Platform) -> None:
    """With the administrator's own name for user."""
    made = story.success(CustomerRecord)
    expect_made_by(await auditor.audit.of(made.id), made, auditor.caller)


@then("the administrator finds it among all customers")
async def customer_listed(story: Story, auditor: Platform) -> None:
    """Once."""
    made = story.success(CustomerRecord)
    found = [customer.company_name for customer in await auditor.customers.listed() if customer.id == made.id]
    assert found == [made.company_name], f"the administrator should find {made.company_name} once, but finds: {found or 'nothing'}"
