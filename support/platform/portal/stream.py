"""Live events over a WebSocket: everything in order, without gaps, at each client's own pace."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast, get_args

import anyio
from fastapi import APIRouter
from sqlalchemy import Row, Table, bindparam, select
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from support.platform import ids
from support.platform.database import row_now
from support.platform.identity.callers import Caller, identify, session_key
from support.platform.identity.roles import GRANTS, Permission
from support.platform.inflight import Hold
from support.platform.operations import in_worker
from support.platform.problems import Refusal
from support.platform.services import Services, ServicesDep
from support.platform.tables import Customer, Event
from support.platform.values import moment_text
from support.platform.vocabulary import EventType

router = APIRouter()

TOKEN_INVALID = 4401
NOT_YOURS = 4403
BAD_REQUEST = 4400
BATCH = 500

_events = cast("Table", Event.__table__).c
_FOLLOWING = (
    select(*_events)
    .where(_events.customer_id == bindparam("customer"), _events.sequence > bindparam("position"))
    .order_by(_events.sequence)
    .limit(BATCH)
)


class _Ended(Exception):
    """The connection must be closed with that code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass
class _Subscription:
    """Where one client stands. `position` is the last event that was considered for it."""

    services: Services
    caller: Caller
    customer_id: str
    topics: frozenset[str]
    position: int
    nudged: asyncio.Event = field(default_factory=asyncio.Event)
    revoked: bool = False
    nudges: int = 0
    telling: Hold | None = None

    def awaken(self) -> None:
        """There is something to tell; until it has been told the platform has work in flight. Any thread may say so."""
        in_flight = self.services.clock.in_flight
        with in_flight.lock:
            self.nudges += 1
            self.telling = self.telling or in_flight.hold(f"telling {self.customer_id} what happened")

    def told(self, nudges: int) -> None:
        """Everything up to that nudge has been read, and is about to be sent."""
        in_flight = self.services.clock.in_flight
        with in_flight.lock:
            if self.telling is not None and self.nudges == nudges:
                in_flight.release(self.telling)
                self.telling = None

    def following(self) -> Sequence[Row[Any]]:
        """The next events, oldest first."""
        with self.services.database.asking() as connection:
            return connection.execute(_FOLLOWING, {"customer": self.customer_id, "position": self.position}).all()

    def require_valid_token(self) -> None:
        """Raises when the token has ended meanwhile."""
        expires_at = self.caller.expires_at
        if self.revoked or (expires_at is not None and self.services.clock.now() >= expires_at):
            raise _Ended(TOKEN_INVALID, "the token has ended")


@router.websocket("/ws/customers/{customer_id}")
async def live_events(socket: WebSocket, customer_id: str, services: ServicesDep) -> None:
    """Sends the customer's events. Query: `token` (or the Authorization header), `from_sequence` (the first number wanted; without it only what
    happens from now on), `topics` (comma-separated event types; without it all).

    Closes with 4401 without a valid token and when it ends, 4403 for a customer that is not the caller's, 4400 for a query that breaks these rules.
    """
    try:
        subscription = await in_worker(_subscribed, socket, customer_id, services)
        await socket.accept()  # only now: what happens after the client sees the connection must reach it
        await _serve(socket, subscription)
    except _Ended as end:
        if socket.application_state is WebSocketState.CONNECTING:
            await socket.accept()
        await socket.close(end.code, end.reason)
    except WebSocketDisconnect:
        return


def _subscribed(socket: WebSocket, customer_id: str, services: Services) -> _Subscription:
    scheme, _, header = socket.headers.get("authorization", "").partition(" ")
    token = header.strip() if scheme.lower() == "bearer" else socket.query_params.get("token", "")
    try:
        caller = identify(services, token)
    except Refusal as refusal:
        raise _Ended(TOKEN_INVALID, refusal.document.detail) from refusal
    with services.database.asking() as connection:
        customer = row_now(connection, Customer, customer_id) if ids.well_formed(customer_id, "cus") else None
        last = services.events.last(connection, customer_id)
    allowed = GRANTS.get(caller.role, frozenset()) & {Permission.READ, Permission.RUN_AGENT}
    if customer is None or customer.deleted_at is not None or not allowed or not (caller.is_staff or caller.customer_id == customer_id):
        raise _Ended(NOT_YOURS, "this is not yours, or does not exist")
    return _Subscription(services, caller, customer_id, _topics(socket), _position(socket, last))


def _topics(socket: WebSocket) -> frozenset[str]:
    asked = frozenset(word for word in socket.query_params.get("topics", "").split(",") if word)
    unknown = asked - set(get_args(EventType))
    if unknown:
        raise _Ended(BAD_REQUEST, f"topics: {', '.join(sorted(unknown))[:80]} is not a type of event")
    return asked


def _position(socket: WebSocket, last: int) -> int:
    text = socket.query_params.get("from_sequence")
    if text is None:
        return last
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise _Ended(BAD_REQUEST, "from_sequence: must be a whole number from 0")
    return max(int(text) - 1, 0)


async def _serve(socket: WebSocket, subscription: _Subscription) -> None:
    loop = asyncio.get_running_loop()
    end: _Ended | None = None
    services, caller = subscription.services, subscription.caller

    def nudge() -> None:
        if not loop.is_closed():
            subscription.awaken()
            loop.call_soon_threadsafe(subscription.nudged.set)

    def revoke() -> None:
        subscription.revoked = True
        nudge()

    stops = [services.events.listen(subscription.customer_id, nudge), services.events.listen(session_key(caller), revoke)]
    if caller.expires_at is not None:
        left = (caller.expires_at - services.clock.now()).total_seconds()
        stops.append(services.clock.every(max(left, 0.001), nudge, "end of a token").cancel)
    subscription.awaken()
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(_await_end, socket, group.cancel_scope)
            end = await _send_events(socket, subscription)
            group.cancel_scope.cancel()
    finally:
        for stop in stops:
            stop()
        subscription.told(subscription.nudges)
    if end is not None:
        raise end


async def _await_end(socket: WebSocket, scope: anyio.CancelScope) -> None:
    """Ends everything when the client has gone. What a client sends is of no interest."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
    scope.cancel()


async def _send_events(socket: WebSocket, subscription: _Subscription) -> _Ended | None:
    """Reads the log from where the client stands, again each time there is more. A slow client delays only its own reading.

    Answers why the connection must be closed, or nothing if the client has closed it.
    """
    try:
        while True:
            subscription.nudged.clear()
            nudges = subscription.nudges
            subscription.require_valid_token()
            events = await in_worker(subscription.following)
            if len(events) < BATCH:
                subscription.told(nudges)  # before sending: a client that does not read must not keep time from passing
            for event in events:
                subscription.require_valid_token()
                subscription.position = event.sequence
                if not subscription.topics or event.type in subscription.topics:
                    await socket.send_json(_message(event))
            if len(events) < BATCH:
                await subscription.nudged.wait()
    except _Ended as end:
        return end
    except WebSocketDisconnect:
        return None


def _message(event: Row[Any]) -> dict[str, Any]:
    return {
        "sequence": event.sequence,
        "type": event.type,
        "timestamp": moment_text(event.timestamp),
        "agent_type": event.agent_type,
        "correlation_id": event.correlation_id,
        "payload": event.payload,
    }
