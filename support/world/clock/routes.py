"""The clock as a service: HTTP to read and to move it, a WebSocket for everybody whose work time must wait for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from support.world.asking import asked
from support.world.clock.world_clock import Advanced, Busy, Participant, WorldClock


class Advance(BaseModel):
    """How far time is to move: by so many seconds, or to the next alarm."""

    model_config = ConfigDict(extra="forbid")

    seconds: Annotated[float, Field(ge=0, le=10 * 366 * 86400)] | None = None
    to_next_alarm: bool = False
    not_after: AwareDatetime | None = None


class _Socket:
    """A participant's WebSocket. A message that cannot be delivered is dropped: the socket's own route removes the participant."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def send(self, message: dict[str, object]) -> None:
        try:
            await self._socket.send_json(message)
        except (WebSocketDisconnect, RuntimeError, OSError):
            return


def routes(clock: WorldClock) -> list[BaseRoute]:
    """The routes below /clock."""

    async def read(_: Request) -> Response:
        return JSONResponse({"now": clock.now.isoformat()})

    async def settle(_: Request) -> Response:
        try:
            return _answer(await clock.settle())
        except Busy as busy:
            return _busy(busy)

    async def advance(request: Request) -> Response:
        wanted = await asked(request, Advance)
        if wanted.to_next_alarm == (wanted.seconds is not None) or (wanted.to_next_alarm and wanted.not_after is None):
            return JSONResponse({"detail": "say either `seconds`, or `to_next_alarm` with `not_after`"}, 422)
        try:
            if wanted.seconds is not None:
                return _answer(await clock.advance(wanted.seconds))
            return _answer(await clock.onward((wanted.not_after or clock.now).astimezone(UTC)))
        except Busy as busy:
            return _busy(busy)

    async def participate(socket: WebSocket) -> None:
        await socket.accept()
        participant = Participant(socket.query_params.get("name", "somebody"), _Socket(socket))
        first = clock.join(participant)
        try:
            await socket.send_json(first)
            while True:
                _heard(clock, participant, json.loads(await socket.receive_text()))
        except WebSocketDisconnect:
            return
        except (ValueError, KeyError, TypeError) as error:
            await socket.close(1007, f"not a participant's answer: {error}"[:120])
        finally:
            clock.leave(participant)

    return [
        Route("/clock", read),
        Route("/clock/settle", settle, methods=["POST"]),
        Route("/clock/advance", advance, methods=["POST"]),
        WebSocketRoute("/clock/participants", participate),
    ]


def _heard(clock: WorldClock, participant: Participant, said: dict[str, object]) -> None:
    if "busy" in said:
        labels = said["busy"]
        clock.status(participant, [str(label) for label in labels] if isinstance(labels, list) else [str(labels)])
        return
    following = said.get("next")
    clock.answer(participant, int(str(said["round"])), datetime.fromisoformat(str(following)).astimezone(UTC) if following else None)


def _answer(advanced: Advanced) -> Response:
    following = advanced.next.isoformat() if advanced.next else None
    return JSONResponse({"now": advanced.now.isoformat(), "hops": advanced.hops, "next": following})


def _busy(busy: Busy) -> Response:
    return JSONResponse({"detail": str(busy), "busy": busy.busy}, 504)
