"""Savings: promised, realised and booked, against what usage and prices say."""

from __future__ import annotations

from decimal import Decimal

from support.changing import lifetime
from support.drivers.api.platform import Platform
from support.gherkin import then
from support.saving import booked_saving, expect_dashboard_adds_up
from support.story import Story
from support.vocabulary import Percent
from support.witness.savings import SavingsOracle, expect_same_amount, expect_within_share


@then("the dashboard's potential savings are the sum of its recommendations", verifies="REQ-JRN-007")
async def dashboard_adds_up(story: Story, platform: Platform) -> None:
    """Each total equals the sum of what it summarises."""
    expect_dashboard_adds_up(await platform.portal.dashboard(story.customer.id))


@then("the booked saving is what usage and prices give", verifies="REQ-SPT-013")
async def booking_recomputed(story: Story, platform: Platform, oracle: SavingsOracle) -> None:
    """Within 1%, by the independent oracle."""
    entry = await booked_saving(platform, story)
    begun, ended = lifetime(story.optimization)
    derived = await oracle.saved_by(story.customer.account, story.change_id, begun, ended)
    expect_same_amount(entry.monthly_saving, derived, Decimal("0.01"), "the booked saving")


@then("the realised saving is within {percent} of the prediction", verifies="REQ-JRN-010")
async def saving_as_predicted(story: Story, platform: Platform, tolerance: Percent) -> None:
    """By the booking and by the dashboard."""
    entry = await booked_saving(platform, story)
    dashboard = await platform.portal.dashboard(story.customer.id)
    expect_within_share(dashboard.realized_savings, entry.monthly_saving, Decimal(0), "the dashboard's realised saving")
    expect_within_share(entry.monthly_saving, story.recommendation.estimated_savings, tolerance.ratio, "the booked saving")


@then("no saving is booked", verifies="REQ-RBK-011")
async def nothing_booked(story: Story, platform: Platform) -> None:
    """Neither in the book nor on the dashboard."""
    book = await platform.portal.savings(story.customer.id)
    assert not book.entries, f"no saving should be booked for a change that was taken back, but there is: {book}"
