"""The clock of the world: it waits for everybody's work and passes over nobody's alarm."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from websockets.sync.client import ClientConnection, connect

from support.tests.world_process import RunningWorld, world
from support.world.clock.world_clock import Busy, Participant, WorldClock

__all__ = ["world"]


@contextmanager
def participant(world: RunningWorld, name: str) -> Iterator[ClientConnection]:
    url = world.addresses["clock"].replace("http", "ws", 1)
    with connect(f"{url}/participants?name={name}", proxy=None) as socket:
        yield socket


def following_alarms(socket: ClientConnection, alarms: list[datetime], seen: list[datetime]) -> None:
    """A participant that fires its alarms when they are due and is quiet otherwise, until the connection is closed."""
    for message in socket:
        told = json.loads(message)
        seen.append(datetime.fromisoformat(told["now"]))
        ahead = [alarm for alarm in alarms if alarm > seen[-1]]
        socket.send(json.dumps({"round": told["round"], "next": min(ahead).isoformat() if ahead else None}))


def now(world: RunningWorld) -> datetime:
    return datetime.fromisoformat(world.http.get(world.addresses["clock"]).json()["now"])


def test_time_stands_still_until_it_is_moved_and_then_moves_exactly(world: RunningWorld) -> None:
    before = now(world)
    assert now(world) == before
    world.pass_time(600)
    assert now(world) - before == timedelta(seconds=600)


def test_an_advance_stops_at_every_alarm_on_the_way(world: RunningWorld) -> None:
    start = now(world)
    alarms = [start + timedelta(seconds=30), start + timedelta(seconds=90)]
    seen: list[datetime] = []
    with ThreadPoolExecutor() as threads, participant(world, "one") as socket:
        threads.submit(following_alarms, socket, alarms, seen)
        answer = world.http.post(f"{world.addresses['clock']}/advance", json={"seconds": 100}).json()
    assert (answer["now"], answer["hops"]) == ((start + timedelta(seconds=100)).isoformat(), 3)
    assert set(alarms) <= set(seen), f"alarms {alarms} passed over, seen {seen}"


def test_onward_goes_to_the_next_alarm_and_not_beyond(world: RunningWorld) -> None:
    start = now(world)
    limit = (start + timedelta(seconds=50)).isoformat()
    answer = world.http.post(f"{world.addresses['clock']}/advance", json={"to_next_alarm": True, "not_after": limit}).json()
    assert answer["now"] == limit


def test_a_participant_that_dies_in_a_round_does_not_hold_time_up(world: RunningWorld) -> None:
    start = now(world)
    with ThreadPoolExecutor() as threads:
        with participant(world, "mortal") as socket:
            first = json.loads(socket.recv(timeout=10))
            answer = threads.submit(world.http.post, f"{world.addresses['clock']}/advance", json={"seconds": 5})
            opened = json.loads(socket.recv(timeout=10))
            assert opened["round"] > first["round"]
            assert not answer.done()
        assert datetime.fromisoformat(answer.result(10).json()["now"]) == start + timedelta(seconds=5)


def test_an_advance_that_makes_no_sense_names_what_is_missing(world: RunningWorld) -> None:
    answer = world.http.post(f"{world.addresses['clock']}/advance", json={"to_next_alarm": True})
    assert (answer.status_code, answer.json()["detail"]) == (422, "say either `seconds`, or `to_next_alarm` with `not_after`")
    assert "seconds" in world.http.post(f"{world.addresses['clock']}/advance", json={"seconds": -1}).json()["detail"]


class _Channel:
    """A participant in this process: it says what it is busy with and never becomes quiet."""

    def __init__(self, clock: WorldClock) -> None:
        self.clock = clock
        self.participant = Participant("platform", self)

    async def send(self, message: dict[str, object]) -> None:
        if message.get("status"):
            self.clock.status(self.participant, ["optimization opt_1: create_spot_instances"])


async def test_who_is_busy_for_too_long_is_named_with_its_work() -> None:
    clock = WorldClock(datetime.fromisoformat("2026-03-02T09:00:00+00:00"), busy_seconds=0.05)
    channel = _Channel(clock)
    clock.join(channel.participant)
    clock.begin("delivery of a warning")
    with pytest.raises(Busy) as raised:
        await clock.advance(60)
    assert raised.value.busy == {"platform": ["optimization opt_1: create_spot_instances"], "the world": ["delivery of a warning"]}
    assert clock.now.isoformat() == "2026-03-02T09:00:00+00:00"


async def test_the_worlds_own_timers_fire_at_their_time_and_in_order() -> None:
    start = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
    clock = WorldClock(start)
    fired: list[tuple[str, datetime]] = []
    clock.at(start + timedelta(seconds=20), lambda: fired.append(("second", clock.now)))
    clock.at(start + timedelta(seconds=10), lambda: fired.append(("first", clock.now)))
    clock.at(start + timedelta(seconds=15), lambda: fired.append(("cancelled", clock.now))).cancel()
    advanced = await clock.advance(60)
    assert fired == [("first", start + timedelta(seconds=10)), ("second", start + timedelta(seconds=20))]
    assert advanced.now == start + timedelta(seconds=60)


async def test_who_was_quiet_before_the_world_had_delivered_is_asked_again() -> None:
    clock = WorldClock(datetime(2026, 3, 2, tzinfo=UTC))
    rounds: list[bool] = []

    class Prompt:
        """Answers at once, while the world's own delivery is still on its way."""

        async def send(self, message: dict[str, object]) -> None:
            rounds.append(delivered.is_set())
            clock.answer(prompt, int(str(message["round"])), None)

    async def deliver() -> None:
        clock.end("delivery")
        delivered.set()

    def announce() -> None:
        clock.begin("delivery")
        tasks.append(asyncio.get_running_loop().create_task(deliver()))

    delivered, prompt, tasks = asyncio.Event(), Participant("platform", Prompt()), list[asyncio.Task[None]]()
    clock.join(prompt)
    clock.at(clock.now, announce)
    await clock.settle()
    assert rounds == [False, True]
