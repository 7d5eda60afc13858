"""RFC 9457 problem documents: the only form in which the platform says no."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from support.platform.correlation import HEADER, current

_log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5


class FieldError(BaseModel):
    """One field that breaks one rule of the contract."""

    field: str
    rule: str


class ProblemDocument(BaseModel):
    """What every refusal looks like (RFC 9457); `code` is a stable word for programs."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] | None = None
    current_version: int | None = Field(default=None, description="With stale_version: the version to look at now.")
    retry_after: int | None = Field(default=None, description="Seconds, as in the header Retry-After.")


class Refusal(Exception):
    """The platform says no. Raised anywhere below a route; becomes a problem document."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:  # noqa: ANN401  further members of the document
        super().__init__(detail)
        self.document = ProblemDocument(
            type=f"urn:optiinfra:problem:{code.replace('_', '-')}", title=HTTPStatus(status).phrase, status=status, detail=detail, code=code, **more
        )


def not_found(what: str) -> Refusal:
    """404 for something that the caller may know not to exist."""
    return Refusal(404, "not_found", f"There is no such {what}.")


def invalid(field: str, rule: str) -> Refusal:
    """422 for one field that breaks a rule which only the platform's state can tell."""
    return Refusal(422, "invalid_input", f"{field}: {rule}", errors=[FieldError(field=field, rule=rule)])


def conflict(code: str, detail: str, current_version: int | None = None) -> Refusal:
    """409: the state does not allow it."""
    return Refusal(409, code, detail, current_version=current_version)


def unavailable(what: str) -> Refusal:
    """503 while a dependency is away."""
    return Refusal(503, "dependency_away", f"{what} is away; try again.", retry_after=RETRY_SECONDS)


def answer(refusal: Refusal, headers: Mapping[str, str] | None = None) -> Response:
    """The refusal as a response."""
    document = refusal.document
    more = dict(headers or {})
    if document.retry_after is not None:
        more["Retry-After"] = str(document.retry_after)
    return JSONResponse(document.model_dump(exclude_none=True), document.status, more, MEDIA_TYPE)


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}}
    for status in (401, 403, 404, 409, 422, 429, 503)
}
"""For the published OpenAPI document: what any operation may refuse with."""

_CODES = {400: "invalid_input", 401: "token_invalid", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 422: "invalid_input"}


def install(app: FastAPI) -> None:
    """Makes every refusal of the application a problem document."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _broken_contract)
    app.add_exception_handler(HTTPException, _http)
    handlers = {_database_away: (OperationalError, InterfaceError, PoolTimeout), _database_refused: (DataError, IntegrityError)}
    for handler, kinds in handlers.items():
        for kind in kinds:
            app.add_exception_handler(kind, handler)
    app.add_exception_handler(Exception, _unforeseen)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    if error.document.status == HTTPStatus.FORBIDDEN:
        await run_in_threadpool(request.app.state.refused_access, request, error.document.code)
    return answer(error)


async def _broken_contract(_: Request, error: Exception) -> Response:
    """Names each field and its rule. What was sent is not repeated: it may hold a secret."""
    assert isinstance(error, RequestValidationError)
    found = [FieldError(field=_field(item["loc"]), rule=str(item["msg"])) for item in error.errors()]
    detail = "; ".join(f"{one.field}: {one.rule}" for one in found)
    return answer(Refusal(422, "invalid_input", detail, errors=found))


def _field(location: tuple[int | str, ...]) -> str:
    names = [str(part) for part in location if part not in {"body", "query", "path", "header"}]
    return ".".join(names) or "body"


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, HTTPStatus(error.status_code).phrase.lower().replace(" ", "_"))
    return answer(Refusal(error.status_code, code, str(error.detail)), error.headers)


async def _database_away(_: Request, error: Exception) -> Response:
    _log.error("the database is away: %s", type(error).__name__)
    return answer(unavailable("The database"))


async def _database_refused(_: Request, error: Exception) -> Response:
    """A value that no column takes, or a rule of the tables that two requests broke at once."""
    assert isinstance(error, DBAPIError)
    if isinstance(error, IntegrityError):
        return answer(conflict("changed_meanwhile", "Somebody changed the same thing at the same moment; look again."))
    return answer(Refusal(422, "invalid_input", "A value cannot be stored."))


async def _unforeseen(_: Request, error: Exception) -> Response:
    _log.error("unforeseen: %s", current(), exc_info=error)
    return answer(Refusal(500, "unforeseen", "The platform failed; nothing was changed by this request."), {HEADER: current()})
