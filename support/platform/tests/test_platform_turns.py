"""Turns are taken one after the other, and waiting for one does not count as work."""

from __future__ import annotations

import threading

from support.platform.inflight import InFlight
from support.platform.turns import Turns

PATIENCE_SECONDS = 5


def test_the_second_waits_without_being_in_flight_and_is_in_flight_again_before_the_first_is_done() -> None:
    in_flight, log = InFlight(), []
    turns, waiting, seen = Turns(in_flight), threading.Event(), []
    in_flight.when_quiet = waiting.set

    def second() -> None:
        with in_flight.working("second"), turns.turn("chat"):
            log.append("second")

    with turns.turn("chat"):
        other = threading.Thread(target=second)
        other.start()
        assert waiting.wait(PATIENCE_SECONDS)
        assert in_flight.quiet()
        log.append("first")
    seen = in_flight.labels()
    other.join(PATIENCE_SECONDS)
    assert log == ["first", "second"]
    assert seen in (["second"], [])
    assert in_flight.quiet()


def test_turns_on_different_things_do_not_wait_for_each_other() -> None:
    turns, searched = Turns(InFlight()), threading.Event()

    def search() -> None:
        with turns.turn("search"):
            searched.set()

    with turns.turn("chat"):
        other = threading.Thread(target=search)
        other.start()
        assert searched.wait(PATIENCE_SECONDS)
    other.join(PATIENCE_SECONDS)
