"""The customer's time: the world's clock service where the target has one, the real clock where it has not."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from support.drivers.http import Http, NoAnswer
from support.drivers.lost import TargetLost

POLL_SECONDS = 1.0


class ControlledClock:
    """A clock that stands still until it is moved; nothing is ever waited for in real time."""

    def __init__(self, client: Http, url: str) -> None:
        self._client = client
        self._url = url

    async def now(self) -> datetime:
        """The customer's time."""
        return await self._told("GET", "")

    async def settled(self) -> datetime:
        """The customer's time, once the platform and the world have nothing left to do at it."""
        return await self._told("POST", "/settle")

    async def onward(self, not_after: datetime) -> datetime:
        """One hop to the next alarm of anybody, or to `not_after` if there is none before; everything due is done on return."""
        return await self._told("POST", "/advance", {"to_next_alarm": True, "not_after": not_after.isoformat()})

    async def advance(self, length: timedelta) -> datetime:
        """Lets exactly that much time pass; everything that falls due on the way is done when it falls due."""
        return await self._told("POST", "/advance", {"seconds": length.total_seconds()})

    async def _told(self, method: str, path: str, body: dict[str, object] | None = None) -> datetime:
        try:
            answer = await self._client.ask(method, f"{self._url}{path}", body=body)
        except NoAnswer as error:
            raise TargetLost(f"the clock does not answer ({error})") from error
        if answer.status == HTTPStatus.GATEWAY_TIMEOUT:
            busy = "; ".join(f"{who}: {', '.join(what)}" for who, what in answer.json().get("busy", {}).items())
            raise TargetLost(f"time cannot move on: somebody is busy without end ({busy or 'nobody says with what'})")
        if not answer.is_success:
            raise LookupError(f"the clock declined {method} {path} with {answer.status}: {answer.text[:500]}")
        return datetime.fromisoformat(answer.json()["now"])


class RealTime:
    """The clock on the wall. Waiting ends early whenever the platform pushes an event."""

    def __init__(self) -> None:
        self._pushed = asyncio.Event()

    def pushed(self) -> None:
        """Says that something has just happened, so that it is worth while to look again."""
        self._pushed.set()

    async def now(self) -> datetime:
        """The time."""
        return datetime.now(UTC)

    async def settled(self) -> datetime:
        """The time; who is still busy is not known on a real target."""
        return datetime.now(UTC)

    async def onward(self, not_after: datetime) -> datetime:
        """Waits for a pushed event, at most until the next poll and never beyond `not_after`."""
        left = (not_after - datetime.now(UTC)).total_seconds()
        try:
            await asyncio.wait_for(self._pushed.wait(), timeout=max(0.0, min(POLL_SECONDS, left)))
        except TimeoutError:
            return datetime.now(UTC)
        self._pushed.clear()
        return datetime.now(UTC)


Clockwork = ControlledClock | RealTime
