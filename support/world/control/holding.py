"""The control interface's holds: declared, waited for, let go."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from support.world.asking import asked
from support.world.aws.holds import Hold
from support.world.control.addressed import account_of
from support.world.control.asked import NewHold
from support.world.world import World

LONGEST_SECONDS = 30.0
"""Of real time, until whoever waits for a call is told that it has not come."""


def hold_routes(world: World) -> list[BaseRoute]:
    """The routes of an account's holds."""

    async def declare(request: Request) -> Response:
        wanted = await asked(request, NewHold)
        hold = Hold(wanted.service, wanted.action, wanted.when, wanted.after)
        return JSONResponse({"id": account_of(world, request).holds.add(hold)})

    async def wait(request: Request) -> Response:
        try:
            await asyncio.wait_for(_named(world, request).reached.wait(), LONGEST_SECONDS)
        except TimeoutError:
            return JSONResponse({"held": False})
        return JSONResponse({"held": True})

    async def release(request: Request) -> Response:
        _named(world, request)
        account_of(world, request).holds.release(request.path_params["hold"])
        return JSONResponse({"done": True})

    return [
        Route("/accounts/{account}/holds", declare, methods=["POST"]),
        Route("/accounts/{account}/holds/{hold}", wait),
        Route("/accounts/{account}/holds/{hold}", release, methods=["DELETE"]),
    ]


def _named(world: World, request: Request) -> Hold:
    try:
        return account_of(world, request).holds[request.path_params["hold"]]
    except KeyError:
        raise HTTPException(404, "there is no such hold") from None
