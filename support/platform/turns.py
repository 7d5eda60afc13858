"""Taking turns: one piece of work at a time on one thing, without standing in time's way while waiting."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from support.platform.inflight import Hold, InFlight


class Turns:
    """Locks by name. Who waits for a turn is not in flight, because whoever has it may be asleep on the clock; it is in flight again before
    the one before it is done. Turns are given in the order in which they were asked for; a thread never asks for one that it has.
    """

    def __init__(self, in_flight: InFlight) -> None:
        self._in_flight = in_flight
        self._waiting: dict[str, deque[tuple[threading.Event, list[Hold]]]] = {}

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """Everything inside happens while nobody else has that turn."""
        mine = threading.Event()
        with self._in_flight.lock:
            queue = self._waiting.get(name)
            if queue is None:
                self._waiting[name] = deque()
                mine.set()
            else:
                aside: list[Hold] = []
                queue.append((mine, aside))
                aside += self._in_flight.set_aside()
        mine.wait()
        try:
            yield
        finally:
            with self._in_flight.lock:
                queue = self._waiting[name]
                if queue:
                    following, holds = queue.popleft()
                    self._in_flight.take_up(tuple(holds))
                    following.set()
                else:
                    del self._waiting[name]
