"""What the world remembers and what it holds, from which witnesses judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from support.world.accounts import Account
from support.world.aws.backends import holdings
from support.world.control.addressed import account_of
from support.world.world import World

Reader = Callable[[Account, Request], Sequence[Any]]


def history_routes(world: World) -> list[BaseRoute]:
    """The reading routes of an account."""
    readers: dict[str, Reader] = {
        "calls": _calls,
        "requests": lambda account, _: account.requests,
        "prices": lambda account, request: _prices(world, account, request),
        "usage": lambda account, _: account.usage.periods(),
        "events": lambda account, _: account.events,
        "holdings": lambda account, _: list(holdings(account.number)),
    }
    return [Route(f"/accounts/{{account}}/{name}", _endpoint(world, reader)) for name, reader in readers.items()]


def _endpoint(world: World, reader: Reader) -> Callable[[Request], Any]:
    async def read(request: Request) -> Response:
        found = reader(account_of(world, request), request)
        return Response(orjson.dumps(found, _as_it_is_kept), media_type="application/json")

    return read


def _as_it_is_kept(value: Any) -> Any:  # noqa: ANN401  (what JSON does not have)
    """Parameters of calls, which are JSON; anything else in words."""
    return orjson.Fragment(value) if isinstance(value, bytes) else str(value)


def _calls(account: Account, request: Request) -> Sequence[Any]:
    service = request.query_params.get("service")
    return [call for call in account.calls if service in {None, call.service}]


def _prices(world: World, account: Account, request: Request) -> Sequence[Any]:
    wanted = {name: request.query_params.get(name) for name in ("instance_type", "availability_zone")}
    if None in wanted.values():
        raise HTTPException(422, "say which pool: instance_type and availability_zone")
    start, end = _moment(request, "from") or world.clock.now, _moment(request, "to") or world.clock.now
    return account.market.steps(str(wanted["instance_type"]), str(wanted["availability_zone"]), start, end)


def _moment(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise HTTPException(422, f"{name} is not a time: {text!r}") from error
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
