"""Money is exact: by the second, 730 hours a month."""

from __future__ import annotations

from decimal import Decimal

from support.platform.telemetry.savings import monthly, saved


def test_a_month_has_730_hours() -> None:
    assert monthly(Decimal("5.672")) == Decimal("4140.56")


def test_what_is_saved_is_the_difference_of_the_bills() -> None:
    assert saved([Decimal("5.672")] * 4, [Decimal("1.701")] * 4) == Decimal("11595.32")
    assert saved([Decimal(1)], [Decimal(2)]) == Decimal(-730)
