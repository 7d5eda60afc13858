"""The platform's only source of time, and of things that happen later."""

from __future__ import annotations

import heapq
import itertools
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from support.platform.inflight import Hold, InFlight
from support.platform.jobs import Jobs


class ClockStopped(Exception):
    """The platform is stopping: what slept will not be woken at its time."""


@dataclass(eq=False)
class Timer:
    """Something due at a moment. `cancel` makes sure that it does not fire, if it has not yet."""

    when: datetime
    label: str
    fire: Callable[[], None]
    cancelled: bool = False
    period: timedelta | None = None
    running: bool = False

    def cancel(self) -> None:
        """Never fires from now on; twice changes nothing."""
        self.cancelled = True


class Nudge:
    """Wakes whoever sleeps with it before the time, and keeps those from sleeping who come later. Given by `Clock.nudge`."""

    def __init__(self) -> None:
        self.given = False
        self.wake: Callable[[], None] = lambda: None


class Clock(ABC):
    """Time, sleep and timers.

    Hard timers (`sleep_until`, `call_at`) are moments at which something must happen: the clock service never leaps over one. Soft timers
    (`every`) are housekeeping: they run at most once however far time leaps. Everything that a timer starts is in flight from the moment
    at which it is due.
    """

    def __init__(self, in_flight: InFlight, jobs: Jobs) -> None:
        self.in_flight = in_flight
        self._jobs = jobs
        self._lock = in_flight.lock
        self._serial = itertools.count()
        self._hard: list[tuple[datetime, int, Timer]] = []
        self._soft: list[Timer] = []
        self._sleepers: set[threading.Event] = set()
        self._stopped = False

    @abstractmethod
    def now(self) -> datetime:
        """The present moment, in UTC."""

    @abstractmethod
    def start(self) -> None:
        """Begins to keep time; `now` is right when this returns."""

    @abstractmethod
    def state(self) -> str | None:
        """None while the clock is right, otherwise what is wrong with it."""

    def close(self) -> None:
        """Stops all timers. Every sleeping thread gets `ClockStopped`."""
        with self._lock:
            self._stopped = True
            self._hard.clear()
            self._soft.clear()
            for sleeper in self._sleepers:
                sleeper.set()
            self._rescheduled()

    def working(self, label: str, *, detached: bool = False) -> AbstractContextManager[None]:
        """See `InFlight.working`."""
        return self.in_flight.working(label, detached=detached)

    def begin(self, label: str) -> None:
        """See `InFlight.begin`."""
        self.in_flight.begin(label)

    def end(self, label: str) -> None:
        """See `InFlight.end`."""
        self.in_flight.end(label)

    def sleep_until(self, when: datetime, unless: Nudge | None = None) -> None:
        """Blocks this thread until the moment has come, or the nudge is given; returns at once if either has happened.

        Its work is not in flight meanwhile, and is again before time moves on. Raises `ClockStopped` when the platform stops first.
        """
        awake = threading.Event()
        with self._lock:
            if self._stopped:
                raise ClockStopped
            if when <= self.now() or (unless is not None and unless.given):
                return
            self._sleepers.add(awake)
            aside: tuple[Hold, ...] = ()

            def wake() -> None:
                self.in_flight.take_up(aside)
                awake.set()

            timer = Timer(when, "sleep", wake)
            self._add_hard(timer)
            if unless is not None:
                unless.wake = wake
            aside = self.in_flight.set_aside()
        awake.wait()
        with self._lock:
            timer.cancel()
            self._sleepers.discard(awake)
            if unless is not None:
                unless.wake = lambda: None
            if self._stopped:
                raise ClockStopped

    def nudge(self, nudge: Nudge) -> None:
        """Ends the sleep that the nudge belongs to, if one is slept; its work is in flight again when this returns."""
        with self._lock:
            nudge.given = True
            nudge.wake()
            nudge.wake = lambda: None

    def sleep(self, seconds: float) -> None:
        """Blocks this thread for so long by this clock; see `sleep_until`."""
        self.sleep_until(self.now() + timedelta(seconds=seconds))

    def call_at(self, when: datetime, work: Callable[[], object], label: str) -> Timer:
        """Runs the work as a job when the moment has come (at once if it has). Hard: time does not leap over it."""

        def fire() -> None:
            self._jobs.run(label, work)

        timer = Timer(when, label, fire)
        with self._lock:
            if when <= self.now():
                fire()
            else:
                self._add_hard(timer)
        return timer

    def every(self, seconds: float, work: Callable[[], object], label: str) -> Timer:
        """Runs the work as a job each so many seconds, first after one period. Soft: at most once at a leap, and never twice at once."""
        period = timedelta(seconds=seconds)
        timer = Timer(self.now() + period, label, lambda: None, period=period)

        def fire() -> None:
            timer.running = True
            self._jobs.run(label, work).add_done_callback(lambda _: setattr(timer, "running", False))

        timer.fire = fire
        with self._lock:
            self._soft.append(timer)
            self._rescheduled()
        return timer

    def next_hard(self) -> datetime | None:
        """The earliest moment at which something must happen, if anything must."""
        with self._lock:
            while self._hard and self._hard[0][2].cancelled:
                heapq.heappop(self._hard)
            return self._hard[0][0] if self._hard else None

    def _add_hard(self, timer: Timer) -> None:
        heapq.heappush(self._hard, (timer.when, next(self._serial), timer))
        self._rescheduled()

    def _fire_due(self, now: datetime) -> None:
        """Fires everything due, in the order of its time. Under the lock, so that all of it is in flight together."""
        with self._lock:
            while (earliest := self.next_hard()) is not None and earliest <= now:
                heapq.heappop(self._hard)[2].fire()
            self._soft = [timer for timer in self._soft if not timer.cancelled]
            for timer in self._soft:
                if timer.period is not None and timer.when <= now and not timer.running:
                    timer.when = now + timer.period
                    timer.fire()

    def _rescheduled(self) -> None:  # noqa: B027  a clock that is told when to look need not know
        """Told, under the lock, when the set of timers has changed."""


class SystemClock(Clock):
    """The machine's own time. One thread sleeps until the next timer is due, and does not run at all while there is none."""

    def __init__(self, in_flight: InFlight, jobs: Jobs) -> None:
        super().__init__(in_flight, jobs)
        self._changed = threading.Condition(self._lock)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def start(self) -> None:
        threading.Thread(target=self._keep, name="clock", daemon=True).start()

    def state(self) -> str | None:
        return None

    def _rescheduled(self) -> None:
        self._changed.notify_all()

    def _keep(self) -> None:
        with self._changed:
            while not self._stopped:
                self._fire_due(self.now())
                moments = [timer.when for timer in self._soft]
                hard = self.next_hard()
                if hard is not None:
                    moments.append(hard)
                pause = (min(moments) - self.now()).total_seconds() if moments else None
                self._changed.wait(pause if pause is None else max(pause, 0.001))
