"""Times: what passes while nobody does anything."""

from __future__ import annotations

from datetime import timedelta

from support.drivers.time import ControlledClock
from support.gherkin import given, when
from support.vocabulary import Duration


@given("{duration} has/have passed since")
async def time_had_passed(clock: ControlledClock, length: Duration) -> None:
    """By the customer's time; everything that fell due meanwhile was done when it fell due."""
    await clock.advance(length)


@given("all but one second of {duration} has/have passed since")
async def time_all_but_passed(clock: ControlledClock, length: Duration) -> None:
    """One second later that time is over."""
    await clock.advance(length - timedelta(seconds=1))


@when("{duration} passes/pass")
async def time_passes(clock: ControlledClock, length: Duration) -> None:
    """By the customer's time; everything that falls due meanwhile is done when it falls due."""
    await clock.advance(length)
