"""Money is exact: by the second, 730 hours a month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from support.platform.telemetry.savings import Usage, billed, monthly, saved

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_month_has_730_hours() -> None:
    assert monthly(Decimal("5.672")) == Decimal("4140.56")


def test_what_is_saved_is_the_difference_of_the_bills() -> None:
    assert saved([Decimal("5.672")] * 4, [Decimal("1.701")] * 4) == Decimal("11595.32")
    assert saved([Decimal(1)], [Decimal(2)]) == Decimal(-730)


def test_usage_is_billed_by_the_second() -> None:
    used = [Usage(NINE, NINE + timedelta(seconds=1), Decimal("3.6")), Usage(NINE, None, Decimal("3.6"))]
    assert billed(used, NINE + timedelta(seconds=10)) == Decimal("0.011")


def test_usage_that_begins_later_costs_nothing_yet() -> None:
    assert billed([Usage(NINE + timedelta(hours=1), None, Decimal(1))], NINE) == 0
