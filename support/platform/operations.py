"""How an operation is found, and carried out: from the check of the token to the text of the answer in one worker thread."""

from __future__ import annotations

import asyncio
import functools
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from itertools import chain
from typing import Any, TypeVar, TypeVarTuple

from fastapi.routing import APIRoute, APIRouter, APIWebSocketRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

Result = TypeVar("Result")
Given = TypeVarTuple("Given")

_WORKERS = ThreadPoolExecutor(max_workers=40, thread_name_prefix="worker")


class Operation(APIRoute):
    """A route whose handler runs in one worker thread. FastAPI alone asks a thread for every dependency, for the endpoint and for the answer's check.

    The endpoint is an ordinary function; a dependency must be async, and wait for nothing.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:  # noqa: ANN401  FastAPI's own arguments
        @functools.wraps(endpoint)
        async def at_once(**given: Any) -> Any:  # noqa: ANN401
            return endpoint(**given)

        super().__init__(path, at_once, **more)
        self._handler = self.get_route_handler()
        self.app = self._carry_out

    async def _carry_out(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As FastAPI, without what it puts around an operation: no dependency here leaves anything to close, and refusals are told further out."""
        scope["fastapi_inner_astack"] = scope["fastapi_function_astack"] = scope["fastapi_middleware_astack"]
        response = await self._handler(Request(scope, receive, send))
        await response(scope, receive, send)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler of this route, in a thread of its own as soon as the request is there."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            if self.body_field is not None:
                await request.body()
            return await in_worker(_result, handler(request))

        return handle


class Switchboard(BaseRoute):
    """Finds an operation by its method and by the length and the end of its path, where FastAPI tries one operation after the other, twice, and
    works all of them out anew when it does so first, which takes it 30 ms. Finds WebSockets for the sake of the latter.

    What is not found here is left to the routes that follow: they know how to refuse it.
    """

    def __init__(self, routers: Iterable[APIRouter]) -> None:
        self._operations: dict[tuple[str, int, str], list[Operation]] = defaultdict(list)
        self._sockets: list[APIWebSocketRoute] = []
        for router in routers:
            self._sockets += (route for route in router.routes if isinstance(route, APIWebSocketRoute))
            for operation in (route for route in router.routes if isinstance(route, Operation)):
                end = operation.path.rpartition("/")[2]
                for method in operation.methods or ():
                    self._operations[method, operation.path.count("/"), "" if end.startswith("{") else end].append(operation)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The operation or WebSocket whose path this is, as the scope's `route`."""
        for candidate in self._candidates(scope):
            match, found = candidate.matches(scope)
            if match is Match.FULL:
                return match, found
        return Match.NONE, {}

    def _candidates(self, scope: Scope) -> Iterable[Operation | APIWebSocketRoute]:
        if scope["type"] != "http":
            return self._sockets
        method, path = scope["method"], scope["path"]
        length = path.count("/")
        return chain.from_iterable(self._operations.get((method, length, end), ()) for end in (path.rpartition("/")[2], ""))

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Has what was found carried out."""
        await scope["route"].app(scope, receive, send)


async def in_worker(work: Callable[[*Given], Result], *given: *Given) -> Result:
    """What the work returns, which is done in a worker thread and the caller's context."""
    return await asyncio.get_running_loop().run_in_executor(_WORKERS, copy_context().run, work, *given)


def _result(work: Coroutine[Any, Any, Result]) -> Result:
    """What the coroutine returns, which must not wait for anything: no loop runs here."""
    try:
        work.send(None)
    except StopIteration as end:
        result: Result = end.value
        return result
    work.close()
    raise RuntimeError("an operation waited for something in its worker thread")
