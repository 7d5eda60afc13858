"""Figures that OptiInfra has measured, picked out for a scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from support.deeds.changing import lifetime
from support.drivers.api.optimizations import Optimization
from support.drivers.api.platform import Platform
from support.drivers.api.portal import MetricPoint
from support.expectation import expect
from support.patience import Limit
from support.story import Customer
from support.waiting import eventually

HOUR = timedelta(hours=1)
MILLISECOND = Decimal(1)


def figures_of(points: Sequence[MetricPoint]) -> str:
    """The figures as a reader wants them."""
    return ", ".join(f"{point.value:f} at {point.timestamp:%H:%M:%S}" for point in points) or "none"


def expect_only(points: Sequence[MetricPoint], share: Decimal, at_least: int = 1) -> None:
    """AssertionError when there are fewer figures, or one of another value."""
    right = len(points) >= at_least and {point.value for point in points} == {share}
    expect(right, lambda: f"there should be at least {at_least} figures, all of {share:%}, but there are: {figures_of(points)}")


async def seen_during(platform: Platform, change: Optimization, metric: str) -> tuple[MetricPoint, ...]:
    """What was measured while the change went on, oldest first; AssertionError when nothing was."""
    points = await platform.portal.metrics(change.customer_id, metric, *lifetime(change))
    expect(bool(points), lambda: f"{metric} should have been measured while the change went on, but there is no figure")
    return points


async def seen_within(platform: Platform, customer: Customer, patience: Limit, limit: timedelta) -> tuple[MetricPoint, ...]:
    """The first quality figures from now on; AssertionError when there are none within `limit`."""
    since = await patience.pace.now() + timedelta(microseconds=1)
    return await eventually(
        lambda: platform.portal.metrics(customer.id, "quality", since, since + limit),
        holds=bool,
        within=replace(patience, length=limit),
        because=f"the quality of {customer.name}'s models should be measured again",
    )


def expect_extreme(
    extreme: Callable[[Iterable[Decimal]], Decimal], points: Sequence[MetricPoint], expected: Decimal, give_or_take: Decimal = Decimal(0)
) -> None:
    """AssertionError when the lowest (`min`) or highest (`max`) figure is further from what is expected than that."""
    right = abs(extreme(point.value for point in points) - Decimal(expected)) <= give_or_take
    expect(right, lambda: f"a figure of {expected} should have been measured, and none beyond, but there are: {figures_of(points)}")
