"""The live events of a customer: a real WebSocket client that keeps everything it was sent, in the order of arrival."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from pydantic import ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from support import words
from support.drivers.api.answer import Refused
from support.drivers.api.transport import Caller
from support.drivers.journal import Journal
from support.drivers.lost import ContractBroken, TargetLost
from support.drivers.record import Record

CLOSED_UNKNOWN, CLOSED_FORBIDDEN = 4401, 4403


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

    def __init__(self, connection: ClientConnection, journal: Journal, pushed: Callable[[], None]) -> None:
        self._connection = connection
        self._journal = journal
        self._pushed = pushed
        self._events: list[Event] = []
        self._broken: ContractBroken | None = None
        self._reader = asyncio.create_task(self._read())

    async def timeline(self) -> Timeline:
        """Everything that had been sent when it was asked; raises ContractBroken for a message that is no event."""
        if not self._reader.done():
            try:
                await (await self._connection.ping())
            except ConnectionClosed:
                await self._reader
        if self._broken is not None:
            raise self._broken
        return Timeline(tuple(self._events))

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
            event = Event.model_validate(json.loads(message))
        except (ValueError, ValidationError) as error:
            self._broken = ContractBroken(f"the platform pushed what is no event: {message!r:.300} ({error})")
            return
        self._events.append(event)
        self._journal.happened(event.timestamp, str(event))
        self._pushed()


class Events:
    """The facade that steps use: one connection for each customer that is followed, closed with the scenario."""

    def __init__(self, platform_url: str, journal: Journal, pushed: Callable[[], None]) -> None:
        self._url = platform_url.replace("http", "ws", 1)
        self._journal = journal
        self._pushed = pushed
        self._open: dict[str, Following] = {}

    async def of(self, customer_id: str, caller: Caller) -> Timeline:
        """Everything that the customer was told since it exists; the first call connects."""
        if customer_id not in self._open:
            following = await self.follow(customer_id, caller, from_sequence=0)
            if isinstance(following, Refused):
                raise ContractBroken(f"{caller.name} may not see the events of {customer_id}: {following}")
            self._open[customer_id] = following
        return await self._open[customer_id].timeline()

    async def follow(self, customer_id: str, caller: Caller, from_sequence: int | None = None) -> Following | Refused:
        """Opens one more connection on behalf of `caller`, or says why that was refused."""
        query = {} if from_sequence is None else {"from_sequence": str(from_sequence)}
        address = f"{self._url}/ws/customers/{customer_id}?{urlencode(query)}"
        try:
            connection = await connect(address, additional_headers=caller.headers, compression=None, proxy=None, max_size=2**22)
        except InvalidStatus as error:
            return Refused(reason="the connection was refused", code="not_connected", status=error.response.status_code)
        except OSError as error:
            raise TargetLost(f"the platform's event stream does not answer ({error})") from error
        try:
            await (await connection.ping())
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 0
            return Refused(
                reason=closed.rcvd.reason if closed.rcvd else "",
                code=f"closed_{code}",
                status={CLOSED_UNKNOWN: 401, CLOSED_FORBIDDEN: 403}.get(code, 400),
            )
        return Following(connection, self._journal, self._pushed)

    async def close(self) -> None:
        """Hangs up everywhere."""
        for following in self._open.values():
            await following.close()
        self._open.clear()
