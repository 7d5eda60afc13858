"""What happens around every request: it counts as work in flight and carries a correlation id."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from support.platform import correlation
from support.platform.inflight import InFlight


class InFlightRequests:
    """A request is in flight from its arrival until its answer is sent, so that whatever it starts is in flight before anybody reads the answer."""

    def __init__(self, app: ASGIApp, in_flight: InFlight) -> None:
        self._app = app
        self._in_flight = in_flight

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._in_flight.working(f"{scope['method']} {scope['path']}", detached=True):
            await self._app(scope, receive, send)


class Correlation:
    """Takes the caller's correlation id or makes one, and sends it back with the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        found = correlation.accepted(Headers(scope=scope).get(correlation.HEADER))

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[correlation.HEADER] = found
            await send(message)

        with correlation.use(found):
            await self._app(scope, receive, send_with_id)
