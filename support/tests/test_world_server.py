"""The world's server waits for what happens: it ends when it is told to, and has no clock that wakes it; each answer leaves it at once."""

from __future__ import annotations

import asyncio
import signal

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from support.world.server import JoinedAnswers, WokenServer


async def _slept(_seconds: float) -> None:
    raise AssertionError("it slept, to look again later")


@pytest.mark.parametrize("by_signal", [True, False])
async def test_it_waits_without_looking_again_until_it_is_told_to_end(monkeypatch: pytest.MonkeyPatch, by_signal: bool) -> None:
    monkeypatch.setattr(asyncio, "sleep", _slept)
    waiting = WokenServer(uvicorn.Config("nothing:app", log_config=None))
    loop = asyncio.get_running_loop()
    if by_signal:
        loop.call_soon(waiting.handle_exit, signal.SIGTERM, None)
    else:
        loop.call_soon(loop.run_in_executor, None, waiting.end)
    async with asyncio.timeout(10):
        await waiting.main_loop()
    assert waiting.should_exit


class _Sent(asyncio.Transport):
    """A connection that keeps what is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[bytes] = []
        self.closed = asyncio.Event()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.parts.append(bytes(data))

    def is_closing(self) -> bool:
        return self.closed.is_set()

    def close(self) -> None:
        self.closed.set()


@pytest.mark.parametrize("parts", [[b"whole"], [b"one", b"two", b"three"]])
async def test_an_answers_head_and_body_are_sent_together_and_the_rest_in_order(parts: list[bytes]) -> None:
    async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
        length = str(sum(map(len, parts))).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        for position, part in enumerate(parts, start=1):
            await send({"type": "http.response.body", "body": part, "more_body": position < len(parts)})

    config = uvicorn.Config(answer, log_config=None, lifespan="off", http=JoinedAnswers)
    config.load()
    connection, sent = JoinedAnswers(config, ServerState(), {}), _Sent()
    connection.connection_made(sent)
    connection.data_received(b"GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")
    async with asyncio.timeout(10):
        await sent.closed.wait()
    assert sent.parts[0].startswith(b"HTTP/1.1 200 OK")
    assert sent.parts[0].endswith(parts[0])
    assert b"".join(sent.parts).endswith(b"\r\n\r\n" + b"".join(parts))
