"""Savings: promised, realised and booked, against what usage and prices say."""

from __future__ import annotations

from support.deeds.changing import lifetime
from support.deeds.offering import only_offer
from support.deeds.saving import (
    booked_saving,
    booking_as_told,
    dashboard_as_told,
    estimate_as_told,
    expect_dashboard_adds_up,
    expect_short_by,
    planned_pools,
    spend_as_told,
)
from support.drivers.api.platform import Platform
from support.drivers.time import ControlledClock
from support.gherkin import then
from support.story import Story
from support.vocabulary import Duration, Percent
from support.witness.savings import SavingsOracle, expect_fallen, expect_same_amount, expect_within_share


@then("the estimated saving is what usage and prices give")
async def estimate_recomputed(story: Story, platform: Platform, oracle: SavingsOracle, clock: ControlledClock) -> None:
    """By the independent oracle, for the nodes and pools that the recommendation names, at this moment's prices."""
    offer = only_offer(await platform.recommendations.of(story.customer.id))
    derived = await oracle.promised_by(story.customer.account, offer.affected_resources, planned_pools(offer), await clock.now())
    expect_same_amount(estimate_as_told(offer), derived, "the estimated saving")


@then("the dashboard's potential savings are the sum of its recommendations", verifies="REQ-JRN-007")
async def dashboard_adds_up(story: Story, platform: Platform) -> None:
    """Each total equals the sum of what it summarises."""
    expect_dashboard_adds_up(await platform.portal.dashboard(story.customer.id))


@then("the booked saving is what usage and prices give", verifies="REQ-SPT-013")
async def booking_recomputed(story: Story, platform: Platform, oracle: SavingsOracle) -> None:
    """By the independent oracle, from the moment before the change and the moment after it."""
    booking = await booking_as_told(platform, story)
    derived = await oracle.saved_by(story.customer.account, story.change_id, *lifetime(story.optimization))
    expect_same_amount(booking, derived, "the booked saving")


@then("the dashboard's realised savings are what usage and prices give", verifies="REQ-SPT-013")
async def dashboard_recomputed(story: Story, platform: Platform, oracle: SavingsOracle) -> None:
    """By the independent oracle: the customer's screen shows neither more nor less."""
    shown = dashboard_as_told(await platform.portal.dashboard(story.customer.id))
    derived = await oracle.saved_by(story.customer.account, story.change_id, *lifetime(story.optimization))
    expect_same_amount(shown, derived, "the dashboard's realised saving")


@then("the dashboard's spend is what usage and prices give", verifies="REQ-SPT-013")
async def spend_recomputed(story: Story, platform: Platform, oracle: SavingsOracle, clock: ControlledClock) -> None:
    """By the independent oracle, for everything that runs at this moment."""
    shown = spend_as_told(await platform.portal.dashboard(story.customer.id))
    expect_same_amount(shown, await oracle.cost_at(story.customer.account, await clock.now()), "the dashboard's spend")


@then("the bill of the last {duration} is lower by the booked saving", verifies="REQ-SPT-013")
async def bill_fallen(story: Story, platform: Platform, oracle: SavingsOracle, clock: ControlledClock, length: Duration) -> None:
    """What was billed before the change and lately, by the second, projected to a month."""
    account, begun, now = story.customer.account, story.optimization.created_at, await clock.now()
    before, after = await oracle.billed(account, begun - length, begun), await oracle.billed(account, now - length, now)
    expect_same_amount(await booking_as_told(platform, story), before.minus(after), "the booked saving")


@then("the fleet costs at least {percent} less than before", verifies="REQ-SPT-008")
async def cost_fallen(story: Story, oracle: SavingsOracle, least: Percent) -> None:
    """By usage and prices, from the moment before the change to the moment after it."""
    begun, ended = lifetime(story.optimization)
    account = story.customer.account
    expect_fallen(await oracle.cost_at(account, begun, story.customer.deployment.instance_ids), await oracle.cost_at(account, ended), least.ratio)


@then("the realised saving is within {percent} of the prediction", verifies="REQ-JRN-010")
async def saving_as_predicted(story: Story, platform: Platform, tolerance: Percent) -> None:
    """By the booking; the dashboard shows the same."""
    entry = await booked_saving(platform, story)
    dashboard = await platform.portal.dashboard(story.customer.id)
    expect_within_share(dashboard.realized_savings, entry.monthly_saving, Percent(0), "the dashboard's realised saving")
    expect_within_share(entry.monthly_saving, story.recommendation.estimated_savings, tolerance.ratio, "the booked saving")


@then("the realised saving is below the prediction, by {percent} at most", verifies="REQ-JRN-010")
async def saving_below_prediction(story: Story, platform: Platform, tolerance: Percent) -> None:
    """What was promised is not what came, and both are on the book."""
    expect_short_by(await booked_saving(platform, story), story.recommendation, tolerance.ratio)


@then("no saving is booked", verifies="REQ-RBK-011")
async def nothing_booked(story: Story, platform: Platform) -> None:
    """Neither in the book nor on the dashboard."""
    book = await platform.portal.savings(story.customer.id)
    assert not book.entries, f"no saving should be booked for a change that was taken back, but there is: {book}"
