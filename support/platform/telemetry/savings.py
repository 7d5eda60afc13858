"""What a change saves: the difference of what the machines before and after it cost, in decimals."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal

from support.platform.fleet.views import HOURS_PER_MONTH

CENT = Decimal("0.01")


def monthly(hourly: Decimal) -> Decimal:
    """USD a month of something that costs so much an hour, to the cent."""
    return (hourly * HOURS_PER_MONTH).quantize(CENT, ROUND_HALF_EVEN)


def saved(before: Iterable[Decimal], after: Iterable[Decimal]) -> Decimal:
    """USD a month between what cost so much an hour before and what costs so much now; negative when it costs more."""
    return monthly(sum(before, Decimal(0)) - sum(after, Decimal(0)))
