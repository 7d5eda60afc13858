"""The dashboard, figure by figure: what each total summarises."""

from __future__ import annotations

from decimal import Decimal

from support.drivers.api.platform import Platform
from support.drivers.api.portal import Dashboard
from support.drivers.api.recommendations import Recommendation
from support.expectation import expect
from support.story import Customer

NOTHING = Decimal(0)
DRIFT = Decimal("0.01")
"""Spot prices move between two looks at the fleet."""


async def expect_totals(platform: Platform, customer: Customer) -> None:
    """AssertionError when a total is not the sum of what it summarises, asked for one by one."""
    shown = await platform.portal.dashboard(customer.id)
    nodes = (await platform.fleets.of(customer.id)).instances
    waiting = await platform.recommendations.of(customer.id, "pending")
    book = await platform.portal.savings(customer.id)
    expect([each.id for each in shown.recommendations] == [each.id for each in waiting], lambda: f"all that waits should be shown, but: {shown}")
    seen = (shown.current_spend, shown.potential_savings, shown.realized_savings, book.total)
    realised = sum((entry.monthly_saving for entry in book.entries), NOTHING)
    wanted = (sum((each.monthly_cost for each in nodes), NOTHING), sum((each.estimated_savings for each in waiting), NOTHING), realised, realised)
    expect(seen == wanted, lambda: f"spend, potential, realised and booked savings should be {_told(wanted)}, but they are {_told(seen)}")


async def expect_sum_of(platform: Platform, customer: Customer, count: int) -> None:
    """AssertionError when not that many savings are booked, each for a change of its own, or their sum is not shown."""
    book, shown = await platform.portal.savings(customer.id), await platform.portal.dashboard(customer.id)
    changes = {entry.optimization_id for entry in book.entries}
    expect(len(book.entries) == len(changes) == count, lambda: f"{count} savings should be booked, but the book is: {book}")
    total = sum((entry.monthly_saving for entry in book.entries), NOTHING)
    expect(shown.realized_savings == total > 0, lambda: f"the realised savings should be ${total}, but they are ${shown.realized_savings}")


async def expect_no_longer_counted(platform: Platform, customer: Customer, gone: Recommendation) -> None:
    """AssertionError when the dashboard still shows the recommendation, or still counts it."""
    shown = await platform.portal.dashboard(customer.id)
    counted = sum((each.estimated_savings for each in shown.recommendations if each.id != gone.id), NOTHING)
    left = [each for each in shown.recommendations if each.id == gone.id]
    expect(not left, lambda: f"what was decided should not be shown as open, but: {left[0]}")
    expect(shown.potential_savings == counted, lambda: f"without it the potential savings are ${counted}, but ${shown.potential_savings} is shown")


def expect_fallen_by_saving(before: Dashboard, after: Dashboard) -> None:
    """AssertionError when the spend has not fallen by what is shown as realised; within 1% of it, since spot prices move."""
    fallen, realised = before.current_spend - after.current_spend, after.realized_savings - before.realized_savings
    near = realised > 0 and abs(fallen - realised) <= realised * DRIFT
    expect(near, lambda: f"the spend should have fallen by the realised ${realised}, but from ${before.current_spend} to ${after.current_spend}")


def _told(figures: tuple[Decimal, ...]) -> str:
    return ", ".join(f"${figure}" for figure in figures)
