"""The application: rooms, middleware and the life of the process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.types import Lifespan

from support.platform import api_page, problems, rooms
from support.platform.contract import described
from support.platform.identity.refusals import record_refused_access
from support.platform.middleware import Correlation, InFlightRequests
from support.platform.operations import Switchboard
from support.platform.services import Services, build
from support.platform.settings import Settings

DESCRIPTION = """OptiInfra optimises LLM inference fleets: agents observe a fleet and recommend changes, the customer approves, the platform
carries a change out wave by wave and takes back what does not hold. Money is a decimal string in US dollars, a month unless said otherwise;
times are ISO 8601 in UTC; every refusal is an RFC 9457 problem document."""


class Platform(FastAPI):
    """The operations of all rooms, with our own published document."""

    def __init__(self, lifespan: Lifespan[FastAPI] | None = None) -> None:
        super().__init__(
            title="OptiInfra",
            version="1.0.0",
            description=DESCRIPTION,
            lifespan=lifespan,
            docs_url=None,
            redoc_url=None,
            responses=problems.RESPONSES,
            generate_unique_id_function=_operation_id,
            separate_input_output_schemas=False,
            telemetry={"tracing": False, "metrics": False, "logs": False},
        )
        for router in rooms.routers():
            self.include_router(router)

    def openapi(self) -> dict[str, Any]:
        """As `published`."""
        return published()


@cache
def published() -> dict[str, Any]:
    """The OpenAPI document, made once: no setting changes what is published, so that it is the same whoever serves it."""
    return described(Platform())


def create_app(settings: Settings, services: Services | None = None) -> FastAPI:
    """The whole platform as an ASGI application. It starts its rooms when it begins to serve, and stops them and its clock afterwards.

    Whoever serves it has started the clock of its services.
    """
    parts = services or build(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(open_house, parts)
        yield
        await run_in_threadpool(rooms.stop, parts)
        await run_in_threadpool(parts.close)

    app = Platform(lifespan)
    app.state.services = parts
    app.state.refused_access = record_refused_access
    problems.install(app)
    api_page.install(app)
    app.router.routes.insert(0, Switchboard(rooms.routers()))
    app.add_middleware(Correlation)
    app.add_middleware(InFlightRequests, in_flight=parts.in_flight)
    return app


def open_house(services: Services) -> None:
    """Makes missing tables and starts the rooms. Time must be kept by then."""
    services.database.create_all()
    rooms.start(services)


def _operation_id(route: APIRoute) -> str:
    return route.name
