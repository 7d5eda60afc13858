"""The live events of a customer: a real WebSocket client that keeps everything it was sent, in the order of arrival."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus

from support import words
from support.drivers.api.answer import Refused
from support.drivers.api.transport import Caller, Transport
from support.drivers.lost import ContractBroken, TargetLost
from support.drivers.record import Record
from support.pace import Pace

FOLLOWING = "WebSocket /ws/customers/{}"
"""The one operation that is no request."""

CLOSED_UNKNOWN, CLOSED_FORBIDDEN = 4401, 4403
CLOSED_MEANS = {CLOSED_UNKNOWN: 401, CLOSED_FORBIDDEN: 403}
"""The codes with which the platform closes a connection, and the statuses that mean the same."""


class Event(Record):
    """One fact as the platform told it; `sequence` counts per customer, from 1, without gaps."""

    sequence: int
    type: str
    timestamp: datetime
    agent_type: words.EventSource | None = None
    correlation_id: str | None = None
    payload: Mapping[str, Any]

    def __str__(self) -> str:
        told = ", ".join(f"{key} {value}" for key, value in self.payload.items() if isinstance(value, str | int))
        return f"#{self.sequence} {self.type}" + (f" ({told})" if told else "")


@dataclass
class Timeline:
    """Everything that one connection was sent."""

    events: tuple[Event, ...] = ()

    def of_type(self, *types: str) -> tuple[Event, ...]:
        """The events of these types, in order."""
        return tuple(event for event in self.events if event.type in types)

    def __str__(self) -> str:
        return " | ".join(str(event) for event in self.events[-12:]) or "no event"


class Following:
    """One open connection."""

    def __init__(self, connection: ClientConnection, pace: Pace, heard: Callable[[Event], None]) -> None:
        self._connection = connection
        self._pace = pace
        self._heard = heard
        self._events: list[Event] = []
        self._awaited: dict[str, asyncio.Event] = {}
        self._broken: ContractBroken | None = None
        self._reader = asyncio.create_task(self._read())

    @property
    def ended(self) -> bool:
        """Whether the platform has hung up."""
        return self._reader.done()

    async def timeline(self) -> Timeline:
        """Everything that had been sent when it was asked; raises ContractBroken for a message that is no event."""
        await self._pace.settled()
        if not self.ended:
            try:
                await (await self._connection.ping())
            except ConnectionClosed:
                await self._reader
        if self._broken is not None:
            raise self._broken
        return Timeline(tuple(self._events))

    async def told(self, kind: str) -> None:
        """Returns as soon as an event of this type has come; never where none comes."""
        come = self._awaited.setdefault(kind, asyncio.Event())
        if any(event.type == kind for event in self._events):
            come.set()
        await come.wait()

    async def close(self) -> None:
        """Hangs up."""
        await self._connection.close()
        await self._reader

    async def _read(self) -> None:
        try:
            async for message in self._connection:
                self._take(message)
        except ConnectionClosed:
            return

    def _take(self, message: str | bytes) -> None:
        try:
            event = Event.model_validate_json(message)
        except ValidationError as error:
            self._broken = ContractBroken(f"the platform pushed what is no event: {message!r:.300} ({error})")
            return
        self._events.append(event)
        if event.type in self._awaited:
            self._awaited[event.type].set()
        self._heard(event)


class Events:
    """The facade that steps use: each customer that is followed is followed until the scenario ends, over as many connections as it takes."""

    def __init__(self, platform_url: str, transport: Transport, pace: Pace, pushed: Callable[[], None]) -> None:
        self._url = platform_url.replace("http", "ws", 1)
        self._transport = transport
        self._pace = pace
        self._pushed = pushed
        self._open: dict[str, Following] = {}
        self._ended: dict[str, tuple[Event, ...]] = {}

    async def of(self, customer_id: str, caller: Caller) -> Timeline:
        """Everything that the customer was told since it exists, or since it was followed first if that was later than its beginning."""
        following = self._open.get(customer_id) or await self._connected(customer_id, caller, 0)
        self._open[customer_id] = following
        told = await following.timeline()
        earlier = self._ended.get(customer_id, ())
        if not following.ended:
            return Timeline((*earlier, *told.events))
        self._ended[customer_id] = events = (*earlier, *told.events)
        self._open[customer_id] = again = await self._connected(customer_id, caller, events[-1].sequence + 1 if events else 0)
        return Timeline((*events, *(await again.timeline()).events))

    async def follow(self, customer_id: str, caller: Caller, from_sequence: int | None = None) -> Following | Refused:
        """Opens one more connection on behalf of `caller`, or says why that was refused. Whoever opens it closes it."""
        query = "" if from_sequence is None else f"?from_sequence={from_sequence}"
        try:
            address = f"{self._url}/ws/customers/{quote(customer_id)}{query}"
            connection = await connect(address, additional_headers=caller.headers, compression=None, proxy=None, max_size=2**22)
        except InvalidStatus as error:
            return Refused(reason="the connection was refused", code="not_connected", status=error.response.status_code)
        except (OSError, InvalidMessage) as error:
            raise TargetLost(f"the platform's event stream does not answer ({error})") from error
        following = Following(connection, self._pace, self._hear)  # it reads from now on: a full queue would hold the pong back
        try:
            await (await connection.ping())
        except ConnectionClosed as closed:
            await following.close()
            return _refusal(closed)
        self._transport.journal.operations.add(FOLLOWING)
        return following

    async def close(self) -> None:
        """Hangs up everywhere."""
        for following in self._open.values():
            await following.close()
        self._open.clear()

    async def _connected(self, customer_id: str, caller: Caller, from_sequence: int) -> Following:
        following = await self.follow(customer_id, caller, from_sequence)
        if isinstance(following, Refused) and following.status == CLOSED_MEANS[CLOSED_UNKNOWN]:
            await self._transport.renew(caller)
            following = await self.follow(customer_id, caller, from_sequence)
        if isinstance(following, Refused):
            raise ContractBroken(f"{caller.name} may not see the events of {customer_id}: {following}")
        return following

    def _hear(self, event: Event) -> None:
        self._transport.journal.happened(event.timestamp, str(event))
        self._pushed()


def _refusal(closed: ConnectionClosed) -> Refused:
    code, reason = (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (0, "")
    return Refused(reason=reason, code=f"closed_{code}", status=CLOSED_MEANS.get(code, 400))
