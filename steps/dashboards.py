"""Dashboards: what a customer's manager sees, and whether it adds up."""

from __future__ import annotations

from support.deeds.overlooking import expect_fallen_by_saving, expect_no_longer_counted, expect_sum_of, expect_totals
from support.drivers.api.platform import Platform
from support.gherkin import given, then
from support.story import Story


@given("the customer has looked at the dashboard")
async def dashboard_seen(story: Story, platform: Platform) -> None:
    """And remembers what it showed."""
    story.dashboard = await platform.portal.dashboard(story.customer.id)


@then("each total of the dashboard is the sum of what it summarises", verifies="REQ-JRN-007")
async def totals_add_up(story: Story, platform: Platform) -> None:
    """Spend, potential savings and realised savings, against nodes, recommendations and bookings asked for one by one."""
    await expect_totals(platform, story.customer)


@then("the dashboard no longer counts the recommendation", verifies="REQ-JRN-007")
async def no_longer_counted(story: Story, platform: Platform) -> None:
    """Neither in its list nor in its total."""
    await expect_no_longer_counted(platform, story.customer, story.recommendation)


@then("the dashboard shows the sum of {count} savings", verifies="REQ-JRN-007")
async def savings_summed(story: Story, platform: Platform, count: int) -> None:
    """Each booked for a change of its own."""
    await expect_sum_of(platform, story.customer, count)


@then("the dashboard's spend has fallen by the realised saving", verifies="REQ-JRN-010")
async def spend_fallen(story: Story, platform: Platform) -> None:
    """Since the customer looked last."""
    expect_fallen_by_saving(story.dashboard, await platform.portal.dashboard(story.customer.id))
