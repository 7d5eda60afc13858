"""What the platform says of savings, picked out for a scenario."""

from __future__ import annotations

from decimal import Decimal

from support.drivers.api.platform import Platform
from support.drivers.api.portal import Dashboard, SavingsEntry
from support.drivers.api.recommendations import Recommendation
from support.expectation import expect
from support.story import Story
from support.witness.savings import Derivation, Pool


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


async def booking_as_told(platform: Platform, story: Story) -> Derivation:
    """The booked saving of the scenario's change, with what the platform says it rests on."""
    entry = await booked_saving(platform, story)
    change = await platform.optimizations.get(entry.optimization_id)
    basis = change.result.basis if change.result else ()
    return Derivation(entry.monthly_saving, (f"booked at {entry.booked_at:%Y-%m-%d %H:%M:%S}", *basis))


def dashboard_as_told(dashboard: Dashboard) -> Derivation:
    """The realised savings that the customer's screen shows."""
    return Derivation(dashboard.realized_savings, (f"the dashboard: {dashboard}",))


def spend_as_told(dashboard: Dashboard) -> Derivation:
    """The spend that the customer's screen shows."""
    return Derivation(dashboard.current_spend, (f"the dashboard: {dashboard}",))


def estimate_as_told(recommendation: Recommendation) -> Derivation:
    """The estimated saving of a recommendation, with what the platform says it rests on."""
    told = recommendation.details
    places = [f"{place['nodes']} x {place['instance_type']} on spot in {place['availability_zone']}" for place in told.get("placement", ())]
    costs = [f"${told.get('current_monthly_cost')} a month now", f"${told.get('projected_monthly_cost')} a month afterwards"]
    return Derivation(recommendation.estimated_savings, (*costs, *places))


def planned_pools(recommendation: Recommendation) -> dict[Pool, int]:
    """Where the platform says that the replacing nodes would run; AssertionError when it does not say."""
    placement = recommendation.details.get("placement")
    expect(bool(placement), lambda: f"the recommendation should say where its nodes would run, but it says: {dict(recommendation.details)}")
    return {Pool(place["instance_type"], place["availability_zone"]): int(place["nodes"]) for place in placement or ()}


def expect_short_by(entry: SavingsEntry, promise: Recommendation, most: Decimal) -> None:
    """AssertionError when the saving is not lower than promised, by that share of the promise at most, or the book forgets the promise."""
    promised = promise.estimated_savings
    right = entry.predicted == promised and promised * (1 - most) <= entry.monthly_saving < promised
    expect(right, lambda: f"the saving should be below the promised ${promised} by {most * 100:f}% at most, but the book says: {entry}")
