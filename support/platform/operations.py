"""How an operation is carried out: from the check of the token to the text of the answer in one worker thread."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

Result = TypeVar("Result")


class Operation(APIRoute):
    """A route whose handler runs in one worker thread. FastAPI alone asks a thread for every dependency, for the endpoint and for the answer's check.

    The endpoint is an ordinary function; a dependency must be async, and wait for nothing.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:  # noqa: ANN401  FastAPI's own arguments
        @functools.wraps(endpoint)
        async def at_once(**given: Any) -> Any:  # noqa: ANN401
            return endpoint(**given)

        super().__init__(path, at_once, **more)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler of this route, in a thread of its own as soon as the request is there."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            await request.body()
            return await run_in_threadpool(_result, handler(request))

        return handle


def _result(work: Coroutine[Any, Any, Result]) -> Result:
    """What the coroutine returns, which must not wait for anything: no loop runs here."""
    try:
        work.send(None)
    except StopIteration as end:
        result: Result = end.value
        return result
    work.close()
    raise RuntimeError("an operation waited for something in its worker thread")
