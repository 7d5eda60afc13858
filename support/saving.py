"""What the platform says of savings, picked out for a scenario."""

from __future__ import annotations

from decimal import Decimal

from support.drivers.api.platform import Platform
from support.drivers.api.portal import Dashboard, SavingsEntry
from support.expectation import expect
from support.story import Story


async def booked_saving(platform: Platform, story: Story) -> SavingsEntry:
    """The one entry of the scenario's change; AssertionError when there is none, or more than one."""
    book = await platform.portal.savings(story.customer.id)
    entries = [entry for entry in book.entries if entry.optimization_id == story.change_id]
    expect(len(entries) == 1, lambda: f"the saving should be booked exactly once, but the book is: {book}")
    return entries[0]


def expect_dashboard_adds_up(dashboard: Dashboard) -> None:
    """AssertionError when the potential savings are not the sum of the pending recommendations that are shown."""
    pending = [each for each in dashboard.recommendations if each.status == "pending"]
    total = sum((each.estimated_savings for each in pending), Decimal(0))
    shown = "".join(f"\n  {each}" for each in pending)
    expect(bool(pending), lambda: f"the dashboard should show recommendations, but it is: {dashboard}")
    expect(
        dashboard.potential_savings == total, lambda: f"the potential savings should be ${total}, but they are ${dashboard.potential_savings}:{shown}"
    )
