"""How the world reads what it is asked: a typed body, or a 422 that names the field and the rule."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive

Asked = TypeVar("Asked", bound=BaseModel)


class BadRequest(Exception):
    """The body breaks the contract; the message names each field and its rule."""


async def asked(request: Request, kind: type[Asked]) -> Asked:
    """The request's body as `kind`; raises BadRequest."""
    try:
        return kind.model_validate_json(await request.body() or b"{}")
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc'])) or 'body'}: {item['msg']}" for item in error.errors())
        raise BadRequest(wrong) from error


async def bad_request(_: Request, error: Exception) -> Response:
    """The answer to a body that breaks the contract."""
    return JSONResponse({"detail": str(error)}, 422)


async def refused(_: Request, error: Exception) -> Response:
    """The answer to what does not exist or cannot be done."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"detail": error.detail}, error.status_code)


async def body_of(receive: Receive) -> bytes | None:
    """The whole body of a request; None if its caller has gone meanwhile."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body
