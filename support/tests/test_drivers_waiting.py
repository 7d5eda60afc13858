"""A wait ends when it should, and a failed one explains itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from support.patience import Patience
from support.waiting import eventually, steadily

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Alarms:
    """A pace with alarms at fixed seconds after the start."""

    def __init__(self, *seconds: int) -> None:
        self._alarms = [START + timedelta(seconds=second) for second in seconds]
        self._now = START

    async def now(self) -> datetime:
        return self._now

    async def settled(self) -> datetime:
        return self._now

    async def onward(self, not_after: datetime) -> datetime:
        ahead = [alarm for alarm in self._alarms if self._now < alarm <= not_after]
        self._now = min(ahead, default=not_after)
        return self._now

    async def passed(self) -> int:
        return int((self._now - START).total_seconds())


async def test_ends_at_the_first_alarm_at_which_it_holds() -> None:
    pace = Alarms(10, 60, 90)
    seen = await eventually(
        pace.passed, holds=lambda passed: passed >= 60, within=Patience.measured_by(pace).migration, because="a minute should pass"
    )
    assert seen == 60


async def test_never_goes_beyond_its_deadline() -> None:
    pace = Alarms(10, 10_000)
    patience = Patience.measured_by(pace)
    with pytest.raises(AssertionError, match="that did not happen in time"):
        await eventually(pace.passed, holds=lambda passed: passed > 900, within=patience.migration, because="it should happen")
    assert await pace.passed() == 600


async def test_asks_for_several_good_looks_in_a_row() -> None:
    pace = Alarms(*range(1, 20))
    seen = await eventually(
        pace.passed, holds=lambda passed: passed not in {0, 2}, within=Patience.measured_by(pace).wave, because="it should hold", good_looks=3
    )
    assert seen == 5


async def test_stops_at_once_on_a_final_state() -> None:
    pace = Alarms(10, 20, 30)
    with pytest.raises(AssertionError, match="what was seen is final"):
        await eventually(
            pace.passed,
            holds=lambda passed: passed > 500,
            within=Patience.measured_by(pace).migration,
            because="it should go on",
            until_terminal=lambda passed: passed == 20,
        )
    assert await pace.passed() == 20


async def test_a_failed_wait_reads_as_a_diagnosis() -> None:
    pace = Alarms(10, 60)
    with pytest.raises(AssertionError) as failure:
        await eventually(
            pace.passed, holds=lambda _: False, within=Patience.measured_by(pace).watch_period, because="half of the fleet should run on spot"
        )
    told = str(failure.value)
    assert told.startswith("half of the fleet should run on spot, but that did not happen in time")
    assert "waited:   3 minutes of the customer's time, 4 looks" in told
    assert "patience: watch period, 3 minutes: how long a wave is watched before the next may start" in told
    assert "09:00:10 10" in told
    assert "09:01:00 60" in told
    assert "last seen: 180" in told


async def test_what_is_seen_of_several_is_told_in_the_words_of_each() -> None:
    pace = Alarms()

    async def lengths() -> tuple[Decimal, ...]:
        return Decimal(1), Decimal(2)

    with pytest.raises(AssertionError, match="last seen: 1; 2\n"):
        await eventually(lengths, holds=lambda seen: not seen, within=Patience.measured_by(pace).wave, because="nothing should be left")


async def test_steadily_looks_until_the_end_of_the_period() -> None:
    pace = Alarms(10, 60, 120)
    assert await steadily(pace.passed, holds=lambda _: True, during=Patience.measured_by(pace).watch_period, because="nothing should change") == 180


async def test_steadily_fails_at_the_first_look_that_differs() -> None:
    pace = Alarms(10, 60, 120)
    with pytest.raises(AssertionError, match="it did not stay so"):
        await steadily(pace.passed, holds=lambda passed: passed < 60, during=Patience.measured_by(pace).watch_period, because="nothing should change")
    assert await pace.passed() == 60


def test_one_factor_stretches_every_kind_of_wait() -> None:
    patience = Patience.measured_by(Alarms(), Decimal("1.5"))
    assert patience.migration.length == timedelta(minutes=15)
    assert patience.rollback.length == timedelta(seconds=450)
