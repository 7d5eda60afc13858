"""The clock: conservative discrete-event time that never overtakes anybody's work."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from support.world.clock.timers import Timer, Timers

BUSY_SECONDS = 30.0
STATUS_SECONDS = 2.0
SAME_MOMENT_ROUNDS = 200
"""More rounds than this at one moment mean that somebody's next alarm never passes."""


class Channel(Protocol):
    """How the clock speaks to one participant."""

    async def send(self, message: dict[str, object]) -> None:
        """Delivers a message; a participant that cannot be reached is about to be removed, and that is not an error here."""


@dataclass
class Participant:
    """Somebody whose work time must wait for."""

    name: str
    channel: Channel
    answered: int = -1
    next: datetime | None = None
    busy: list[str] | None = None


class Busy(Exception):
    """Somebody was busy for longer than the limit: `busy` says who, and with what."""

    def __init__(self, busy: dict[str, list[str]], limit: float) -> None:
        self.busy = busy
        names = ", ".join(busy) or "nobody that says so"
        super().__init__(f"after {limit:g} seconds of real time these are still busy: {names}")


@dataclass
class Advanced:
    """Where an advance ended: the time, the number of hops, and the next alarm of anybody."""

    now: datetime
    hops: int
    next: datetime | None = field(default=None)


class WorldClock:
    """Time stands still between hops. Before each hop and after the last one a round is opened: everybody answers it once nothing is left to do.

    Used on the world's one loop only.
    """

    def __init__(self, start: datetime, busy_seconds: float = BUSY_SECONDS) -> None:
        self._now = start
        self._busy_seconds = busy_seconds
        self._round = 0
        self._participants: list[Participant] = []
        self._timers = Timers()
        self._advancing = asyncio.Lock()
        self._changed = asyncio.Event()
        self._work: Counter[str] = Counter()
        self._started = 0

    @property
    def now(self) -> datetime:
        """The world's time."""
        return self._now

    def at(self, when: datetime, action: Callable[[], None]) -> Timer:
        """Does something at a moment of the world's time; time will not pass over it. On the loop only."""
        return self._timers.at(when, action)

    def begin(self, label: str) -> None:
        """Counts work of the world itself, which time waits for."""
        self._work[label] += 1
        self._started += 1

    def end(self, label: str) -> None:
        """Ends work that was begun under this label."""
        self._work[label] -= 1
        self._work += Counter()
        self._changed.set()

    def join(self, participant: Participant) -> dict[str, object]:
        """Adds a participant; what it is to be told first. It has to answer the current round like everybody."""
        self._participants.append(participant)
        return self._told()

    def leave(self, participant: Participant) -> None:
        """Removes a participant, whatever it was busy with."""
        if participant in self._participants:
            self._participants.remove(participant)
            self._changed.set()

    def answer(self, participant: Participant, opened: int, following: datetime | None) -> None:
        """A participant has nothing in flight; an answer to a round that is over counts for nothing."""
        if opened == self._round:
            participant.answered, participant.next = opened, following
            self._changed.set()

    def status(self, participant: Participant, busy: list[str]) -> None:
        """A participant says what it is busy with."""
        participant.busy = busy
        self._changed.set()

    async def settle(self) -> Advanced:
        """Waits until everybody is quiet at the current time; raises Busy."""
        async with self._advancing:
            await self._quiet()
            return Advanced(self._now, 0, self._next())

    async def advance(self, seconds: float) -> Advanced:
        """Hops from alarm to alarm for so long, never further; everything due has been done on return. Raises Busy."""
        async with self._advancing:
            target = self._now + timedelta(seconds=seconds)
            hops = 0
            while True:
                await self._quiet()
                if self._now >= target:
                    return Advanced(self._now, hops, self._next())
                self._hop(min(self._next() or target, target))
                hops += 1

    async def onward(self, not_after: datetime) -> Advanced:
        """One hop to the earliest alarm of anybody, or to `not_after` where there is none before. Raises Busy."""
        async with self._advancing:
            await self._quiet()
            following = self._next()
            hops = 0
            if self._now < not_after:
                self._hop(min(following or not_after, not_after))
                hops = 1
                await self._quiet()
            return Advanced(self._now, hops, self._next())

    def _hop(self, when: datetime) -> None:
        self._now = max(self._now, when)
        self._timers.fire(self._now)

    def _next(self) -> datetime | None:
        alarms = [participant.next for participant in self._participants]
        known = [alarm for alarm in (*alarms, self._timers.next()) if alarm is not None]
        return min(known) if known else None

    async def _quiet(self) -> None:
        """Opens rounds at the current time until one is answered by all while the world itself had nothing to do, and no alarm is due."""
        limit = asyncio.get_running_loop().time() + self._busy_seconds
        for _ in range(SAME_MOMENT_ROUNDS):
            self._timers.fire(self._now)
            self._round += 1
            started, idle = self._started, not self._work  # who answers before the world's own work is done may get work from it afterwards
            for participant in list(self._participants):
                await participant.channel.send(self._told())
            await self._all_answered(limit)
            following = self._next()
            if idle and self._started == started and (following is None or following > self._now):
                return
        late = {
            who.name: [f"an alarm at {who.next.isoformat()} that never passes"] for who in self._participants if who.next and who.next <= self._now
        }
        raise Busy(late or {"the world": ["work that begins again and again at one moment"]}, self._busy_seconds)

    async def _all_answered(self, limit: float) -> None:
        while self._work or any(participant.answered != self._round for participant in self._participants):
            self._changed.clear()
            try:
                async with asyncio.timeout_at(limit):
                    await self._changed.wait()
            except TimeoutError:
                raise Busy(await self._who_is_busy(), self._busy_seconds) from None

    async def _who_is_busy(self) -> dict[str, list[str]]:
        late = [participant for participant in self._participants if participant.answered != self._round]
        for participant in late:
            participant.busy = None
            await participant.channel.send({"status": True})
        limit = asyncio.get_running_loop().time() + STATUS_SECONDS
        while any(participant.busy is None for participant in late if participant in self._participants):
            self._changed.clear()
            try:
                async with asyncio.timeout_at(limit):
                    await self._changed.wait()
            except TimeoutError:
                break
        found = {participant.name: ["does not say with what"] if participant.busy is None else participant.busy for participant in late}
        if self._work:
            found["the world"] = sorted(self._work)
        return found

    def _told(self) -> dict[str, object]:
        return {"now": self._now.isoformat(), "round": self._round}
