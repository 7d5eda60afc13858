"""The clock client: quiet means quiet, nothing due is leapt over, and a lost connection is taken up again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from support.platform.clock import ClockStopped, Nudge, SystemClock
from support.platform.clock_service import ClockServiceClient, ClockUnavailable
from support.platform.inflight import InFlight
from support.platform.jobs import Jobs
from support.platform.tests.clock_server import START, ClockServer


@pytest.fixture
def ours(clock: ClockServer) -> Iterator[ClockServiceClient]:
    in_flight = InFlight()
    jobs = Jobs(in_flight)
    client = ClockServiceClient(clock.url, in_flight, jobs)
    client.start()
    yield client
    client.close()
    jobs.close()


def jobs_of(clock: ClockServiceClient) -> Jobs:
    return clock._jobs


def test_time_is_what_the_service_says(ours: ClockServiceClient, clock: ClockServer) -> None:
    assert ours.now() == START
    assert clock.advance(timedelta(days=7)) == 1
    assert ours.now() == START + timedelta(days=7)


def test_a_job_is_in_flight_from_its_submission(ours: ClockServiceClient, clock: ClockServer) -> None:
    gate = threading.Event()
    jobs_of(ours).run("a long job", gate.wait)
    assert clock.busy() == ["a long job"]
    threading.Timer(0.1, gate.set).start()
    clock.settle()
    assert gate.is_set()
    assert clock.busy() == []


def test_a_sleeper_is_quiet_and_wakes_at_its_moment(ours: ClockServiceClient, clock: ClockServer) -> None:
    woken: list[datetime] = []

    def watch() -> None:
        for minute in (3, 6):
            ours.sleep_until(START + timedelta(minutes=minute))
            woken.append(ours.now())

    jobs_of(ours).run("watching", watch)
    assert clock.settle() == START + timedelta(minutes=3)
    assert clock.advance(timedelta(minutes=10)) == 3
    assert woken == [START + timedelta(minutes=3), START + timedelta(minutes=6)]


def test_a_nudge_that_comes_after_its_sleep_wakes_no_later_sleep(ours: ClockServiceClient, clock: ClockServer) -> None:
    nudge = Nudge()

    def watch() -> None:
        ours.sleep_until(START + timedelta(minutes=3), nudge)
        ours.sleep_until(START + timedelta(minutes=6))

    jobs_of(ours).run("watching", watch)
    clock.settle()
    clock.advance(timedelta(minutes=3))
    ours.nudge(nudge)
    assert clock.busy() == []
    assert clock.settle() == START + timedelta(minutes=6)


def test_what_a_timer_starts_is_finished_before_time_moves_on(ours: ClockServiceClient, clock: ClockServer) -> None:
    seen: list[datetime] = []

    def chain() -> None:
        time_of_call = ours.now()
        ours.call_at(time_of_call, lambda: seen.append(ours.now()), "at once")
        threading.Event().wait(0.05)
        seen.append(ours.now())

    ours.call_at(START + timedelta(seconds=5), chain, "chain")
    clock.advance(timedelta(seconds=60))
    assert seen == [START + timedelta(seconds=5)] * 2


def test_soft_timers_run_once_in_a_leap_and_set_no_alarm(ours: ClockServiceClient, clock: ClockServer) -> None:
    runs: list[datetime] = []
    timer = ours.every(30, lambda: runs.append(ours.now()), "soft")
    assert clock.settle() is None
    clock.advance(timedelta(days=7))
    assert runs == [START + timedelta(days=7)]
    clock.advance(timedelta(seconds=29))
    assert len(runs) == 1
    clock.advance(timedelta(seconds=1))
    assert len(runs) == 2
    timer.cancel()
    clock.advance(timedelta(minutes=5))
    assert len(runs) == 2


def test_a_cancelled_timer_neither_fires_nor_is_an_alarm(ours: ClockServiceClient, clock: ClockServer) -> None:
    fired = threading.Event()
    ours.call_at(START + timedelta(seconds=5), fired.set, "never").cancel()
    assert clock.settle() is None
    assert clock.advance(timedelta(minutes=1)) == 1
    assert not fired.is_set()


def test_begin_and_end_count_once_however_often_they_are_said(ours: ClockServiceClient, clock: ClockServer) -> None:
    ours.begin("launch")
    ours.begin("launch")
    assert clock.busy() == ["launch"]
    ours.end("launch")
    ours.end("launch")
    assert clock.settle() is None


def test_a_crashed_job_is_recorded_and_does_not_stop_time(ours: ClockServiceClient, clock: ClockServer) -> None:
    def crash() -> None:
        raise LookupError("lost")

    jobs_of(ours).run("crashing", crash)
    clock.settle()
    label, error = jobs_of(ours).failures[-1]
    assert (label, str(error)) == ("crashing", "lost")


def test_the_caller_is_not_set_aside_by_a_detached_sleeper(ours: ClockServiceClient, clock: ClockServer) -> None:
    with ours.working("a request"):
        asleep = jobs_of(ours).run("a job", lambda: ours.sleep(60))
        assert _eventually(lambda: ours.in_flight.labels() == ["a request"])
        assert clock.busy() == ["a request"]
    clock.advance(timedelta(seconds=60))
    assert asleep.done()


def test_a_lost_connection_is_taken_up_again(ours: ClockServiceClient, clock: ClockServer) -> None:
    fired = threading.Event()
    ours.call_at(START + timedelta(seconds=30), fired.set, "alarm")
    first = clock._connection()
    first.socket.shutdown(2)
    assert _eventually(lambda: bool(clock.connections) and clock.connections[-1] is not first)
    clock.advance(timedelta(minutes=1))
    assert fired.is_set()
    assert ours.state() is None


def test_without_a_service_the_start_fails_with_its_address() -> None:
    in_flight = InFlight()
    clock = ClockServiceClient("http://127.0.0.1:9/clock", in_flight, Jobs(in_flight), patience_seconds=0.2)
    with pytest.raises(ClockUnavailable, match=r"127\.0\.0\.1:9"):
        clock.start()


def test_closing_wakes_the_sleepers(ours: ClockServiceClient, clock: ClockServer) -> None:
    sleeping = jobs_of(ours).run("sleeper", lambda: ours.sleep(3600))
    clock.settle()
    ours.close()
    assert isinstance(sleeping.exception(5), ClockStopped)


def test_the_system_clock_fires_and_costs_nothing_while_idle() -> None:
    in_flight = InFlight()
    jobs = Jobs(in_flight)
    clock = SystemClock(in_flight, jobs)
    clock.start()
    fired = threading.Event()
    clock.call_at(clock.now() + timedelta(milliseconds=50), fired.set, "soon")
    assert fired.wait(5)
    before = time.process_time()
    assert not threading.Event().wait(0.3)
    assert time.process_time() - before < 0.05
    clock.close()
    jobs.close()


def _eventually(holds: object) -> bool:
    assert callable(holds)
    pause = threading.Event()
    for _ in range(500):
        if holds():
            return True
        pause.wait(0.01)
    return False
