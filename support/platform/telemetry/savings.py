"""What a change saves: what the machines before and after it are billed at. Decimals, 730 hours a month, billed by the second."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

HOURS_A_MONTH = Decimal(730)
SECONDS_AN_HOUR = Decimal(3600)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Usage:
    """An instance's billed time at one price (USD an hour); `ended` None while it runs."""

    started: datetime
    ended: datetime | None
    hourly: Decimal


def monthly(hourly: Decimal) -> Decimal:
    """USD a month of something that costs so much an hour, to the cent."""
    return (hourly * HOURS_A_MONTH).quantize(CENT, ROUND_HALF_EVEN)


def saved(before: Iterable[Decimal], after: Iterable[Decimal]) -> Decimal:
    """USD a month between what cost so much an hour before and what costs so much now; negative when it costs more."""
    return monthly(sum(before, Decimal(0)) - sum(after, Decimal(0)))


def billed(usages: Iterable[Usage], until: datetime) -> Decimal:
    """USD that the usage has cost up to that moment, by the second."""
    total = Decimal(0)
    for usage in usages:
        ended = min(usage.ended, until) if usage.ended else until
        seconds = max(Decimal((ended - usage.started).total_seconds()), Decimal(0))
        total += usage.hourly * seconds / SECONDS_AN_HOUR
    return total
