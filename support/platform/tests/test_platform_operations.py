"""One request is one piece of work of one worker thread."""

from __future__ import annotations

import re
import threading
from collections.abc import Generator
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel, SecretStr, field_serializer
from starlette.routing import Match

from support.platform import rooms
from support.platform.app import create_app
from support.platform.operations import Operation, Switchboard
from support.platform.settings import Settings

_seen: list[str] = []


def _noted(what: str) -> None:
    _seen.append(f"{what} in {threading.current_thread().name}")


class Answered(BaseModel):
    """Notes the thread that makes its text."""

    value: str

    @field_serializer("value")
    def _told(self, value: str) -> str:
        _noted("answer")
        return value


async def _dependency() -> str:
    _noted("dependency")
    return "x"


class _Later:
    def __await__(self) -> Generator[None]:
        yield


async def _waiting() -> None:
    await _Later()


@pytest.fixture
def served() -> TestClient:
    """An application with an operation that is carried out, and one that waits."""
    router = APIRouter(route_class=Operation)

    @router.post("/things/{name}")
    def thing(name: str, body: dict[str, int], given: Annotated[str, Depends(_dependency)]) -> Answered:
        _noted("endpoint")
        return Answered(value=f"{name} {body['size']} {given}")

    @router.get("/waiting", dependencies=[Depends(_waiting)])
    def waiting() -> str:
        return "never"

    app = FastAPI()
    app.include_router(router)
    app.router.routes.insert(0, Switchboard([router]))
    _seen.clear()
    return TestClient(app)


def test_a_request_is_carried_out_in_one_worker_thread_from_its_dependencies_to_its_answer(served: TestClient) -> None:
    assert served.post("/things/box", json={"size": 3}).json() == {"value": "box 3 x"}
    threads = {entry.partition(" in ")[2] for entry in _seen}
    assert [entry.partition(" ")[0] for entry in _seen] == ["dependency", "endpoint", "answer"]
    assert len(threads) == 1
    assert threads != {threading.current_thread().name}
    assert "worker" in threads.pop().lower()


def test_what_is_not_well_formed_does_not_reach_the_endpoint(served: TestClient) -> None:
    assert served.post("/things/box", json=["no"]).status_code == 422
    assert [entry.partition(" ")[0] for entry in _seen] == ["dependency"]


def test_a_dependency_that_waits_is_a_mistake_that_shows_at_once(served: TestClient) -> None:
    with pytest.raises(RuntimeError, match="waited"):
        served.get("/waiting")


def test_every_published_operation_is_found_at_once() -> None:
    published = create_app(Settings(token_key=SecretStr("k" * 40))).openapi()["paths"]
    board = Switchboard(rooms.routers())
    wanted = {(method.upper(), path): operation["operationId"] for path, by_method in published.items() for method, operation in by_method.items()}
    found = {(method, path): _found(board, method, re.sub(r"\{\w+\}", "users", path)) for method, path in wanted}
    assert len(wanted) > 40
    assert found == wanted


def test_live_events_are_found_at_once() -> None:
    board = Switchboard(rooms.routers())
    assert _found(board, "GET", "/ws/customers/cus_1", "websocket") == "live_events"
    assert _found(board, "GET", "/ws/customers", "websocket") is None
    assert _found(board, "GET", "/ws/customers/cus_1") is None


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/auth/login"), ("GET", "/customers/"), ("GET", "/"), ("POST", "/orchestrator/agents/register/x")]
)
def test_what_nobody_offers_is_left_to_be_refused(method: str, path: str) -> None:
    assert _found(Switchboard(rooms.routers()), method, path) is None


def test_a_refusal_of_a_method_says_which_are_offered(served: TestClient) -> None:
    refused = served.get("/things/box")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert served.get("/nothing").status_code == 404


def _found(board: Switchboard, method: str, path: str, kind: str = "http") -> str | None:
    match, scope = board.matches({"type": kind, "method": method, "path": path, "root_path": ""})
    return scope["route"].name if match is Match.FULL else None
