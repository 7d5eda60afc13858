"""What the world itself has to do at a moment to come: reclaims, deliveries."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(order=True)
class Timer:
    """Something to be done at a moment; `cancel` makes it not happen."""

    when: datetime
    sequence: int
    action: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Makes it not happen. Cancelling what has happened changes nothing."""
        self.cancelled = True


class Timers:
    """A queue by time, then by order of arrival. Not safe in threads: used on the loop only."""

    def __init__(self) -> None:
        self._queue: list[Timer] = []
        self._sequence = itertools.count()

    def at(self, when: datetime, action: Callable[[], None]) -> Timer:
        """Puts an action in the queue."""
        timer = Timer(when, next(self._sequence), action)
        heapq.heappush(self._queue, timer)
        return timer

    def next(self) -> datetime | None:
        """The moment of the earliest action that will happen."""
        while self._queue and self._queue[0].cancelled:
            heapq.heappop(self._queue)
        return self._queue[0].when if self._queue else None

    def fire(self, now: datetime) -> None:
        """Does everything that is due, in order; what an action adds and is due at once, too."""
        following = self.next()
        while following is not None and following <= now:
            heapq.heappop(self._queue).action()
            following = self.next()
