"""Each answer is held against the published document and the vocabulary; a business refusal is a value. Tried over a real socket."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import pytest_asyncio

from support.drivers.api.answer import Record, Refused, WasRefused, accepted
from support.drivers.api.contract import PublishedContract
from support.drivers.api.transport import Caller, Credentials, Request, Transport
from support.drivers.http import Http
from support.drivers.journal import MASK, Journal, Secrets
from support.drivers.lost import ContractBroken, TargetLost
from support.words import RiskLevel

PROBLEM = {"description": "no", "content": {"application/problem+json": {"schema": {"type": "object", "required": ["code"]}}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "components": {"schemas": {"Thing": {"type": "object", "required": ["risk"], "properties": {"risk": {"type": "string"}}}}},
    "paths": {
        "/things/{id}": {
            "get": {
                "responses": {
                    "200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                    "401": PROBLEM,
                    "409": PROBLEM,
                }
            }
        },
        "/auth/login": {"post": {"responses": {"200": {"description": ""}}}},
    },
}


class Thing(Record):
    risk: RiskLevel


class Answers:
    """What the small server answers, and what it was asked."""

    def __init__(self) -> None:
        self.planned: dict[str, list[tuple[int, Any]]] = {}
        self.asked: list[tuple[str, str, str | None]] = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answers: Answers

    def do_GET(self) -> None:
        self.answers.asked.append((self.command, self.path, self.headers.get("Authorization")))
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        planned = self.answers.planned[self.path]
        status, body = planned.pop(0) if len(planned) > 1 else planned[0]
        payload = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status < 400 else "application/problem+json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_POST = do_GET  # noqa: N815  (the base class's own name)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's own name)
        """Says nothing."""


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def url(answers: Answers) -> Iterator[str]:
    handler = type("Own", (Handler,), {"answers": answers})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest_asyncio.fixture
async def transport(url: str) -> AsyncIterator[Transport]:
    async with aclosing(Http(url, 5.0)) as client:
        yield Transport(client, PublishedContract(DOCUMENT), Journal(Secrets()))


THING = Request("GET", "/things/{}", ("a/b",))
PATH = "/things/a%2Fb"


async def test_an_answer_is_a_frozen_record(transport: Transport, answers: Answers) -> None:
    answers.planned[PATH] = [(200, {"risk": "low", "newer": 1})]
    assert await transport.get(Thing, THING) == Thing(risk="low")


async def test_a_word_outside_the_vocabulary_breaks_the_contract(transport: Transport, answers: Answers) -> None:
    answers.planned[PATH] = [(200, {"risk": "negligible"})]
    with pytest.raises(ContractBroken, match=r"is no Thing:\n  risk: .*'negligible'"):
        await transport.get(Thing, THING)


async def test_an_answer_that_breaks_the_published_document_is_told(transport: Transport, answers: Answers) -> None:
    answers.planned[PATH] = [(200, {"rissk": "low"})]
    with pytest.raises(ContractBroken, match=r'\$: "risk" is a required property'):
        await transport.get(Thing, THING)


async def test_an_undocumented_status_is_told(transport: Transport, answers: Answers) -> None:
    answers.planned[PATH] = [(418, {})]
    with pytest.raises(ContractBroken, match="answered 418, which its published document does not mention"):
        await transport.get(Thing, THING)


async def test_a_refusal_is_a_value(transport: Transport, answers: Answers) -> None:
    answers.planned[PATH] = [(409, {"code": "already_decided", "detail": "it was rejected", "current_version": 3})]
    answer = await transport.ask(Thing, THING)
    assert answer == Refused(reason="it was rejected", code="already_decided", status=409, current_version=3)
    with pytest.raises(WasRefused, match="it was rejected"):
        accepted(answer)


async def test_a_refusal_that_nobody_reckoned_with_raises(transport: Transport, answers: Answers) -> None:
    answers.planned[PATH] = [(409, {"code": "already_decided", "detail": "it was rejected"})]
    with pytest.raises(WasRefused, match="GET /things/a%2Fb was refused"):
        await transport.get(Thing, THING)


async def test_a_session_that_has_run_out_is_renewed_once(transport: Transport, answers: Answers) -> None:
    caller = Caller("the owner", "old-token", "x", Credentials("a@b.example", "correct horse"))
    answers.planned["/auth/login"] = [(200, {"access_token": "new-token", "refresh_token": "y"})]
    answers.planned[PATH] = [(401, {"code": "token_expired"}), (200, {"risk": "low"})]
    assert await transport.on_behalf_of(caller).get(Thing, THING) == Thing(risk="low")
    assert [(path, token) for _, path, token in answers.asked] == [
        (PATH, "Bearer old-token"),
        ("/auth/login", "Bearer old-token"),
        (PATH, "Bearer new-token"),
    ]


async def test_a_forged_token_is_never_renewed(transport: Transport, answers: Answers) -> None:
    answers.planned[PATH] = [(401, {"code": "token_expired"})]
    answer = await transport.on_behalf_of(Caller("a stranger", "forged-token")).ask(Thing, THING)
    assert isinstance(answer, Refused)
    assert len(answers.asked) == 1


async def test_silence_is_the_loss_of_the_target(unused_tcp_port: int) -> None:
    async with aclosing(Http(f"http://127.0.0.1:{unused_tcp_port}", 5.0)) as client:
        transport = Transport(client, PublishedContract(DOCUMENT), Journal(Secrets()))
        with pytest.raises(TargetLost, match="the platform did not answer GET /things"):
            await transport.get(Thing, THING)


async def test_the_journal_keeps_exchanges_without_secrets(transport: Transport, answers: Answers) -> None:
    answers.planned["/auth/login"] = [(200, {"access_token": "a-secret-token"})]
    await transport.ask(Record, Request("POST", "/auth/login", body={"username": "a@b.example", "password": "correct horse"}))
    told = transport.journal.attachments()["exchanges"]
    assert "a@b.example" in told
    assert "correct horse" not in told
    assert "a-secret-token" not in told
    assert MASK in told


def test_a_document_without_operations_is_no_contract() -> None:
    with pytest.raises(ContractBroken, match="publishes no OpenAPI document with operations"):
        PublishedContract({})
