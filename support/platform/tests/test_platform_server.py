"""The server waits for what happens: it ends when it is told to, and has no clock that wakes it."""

from __future__ import annotations

import asyncio
import signal
import time
from email.utils import parsedate_to_datetime

import pytest
import uvicorn

from support.platform import server


class Awake(AssertionError):
    """Something slept, to look again later."""


async def _slept(_seconds: float) -> None:
    raise Awake


def _server() -> server.WokenServer:
    return server.WokenServer(uvicorn.Config("nothing:app", log_config=None))


async def test_it_waits_without_looking_again_until_a_signal_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "sleep", _slept)
    with pytest.raises(Awake):
        await uvicorn.Server(uvicorn.Config("nothing:app", log_config=None)).main_loop()
    waiting = _server()
    loop = asyncio.get_running_loop()
    loop.call_soon(waiting.handle_exit, signal.SIGTERM, None)
    async with asyncio.timeout(10):
        await waiting.main_loop()
    assert waiting.should_exit


async def test_another_thread_can_end_it() -> None:
    waiting = _server()
    loop = asyncio.get_running_loop()
    loop.call_soon(loop.run_in_executor, None, waiting.end)
    async with asyncio.timeout(10):
        await waiting.main_loop()


async def test_what_ended_before_it_began_is_not_waited_for() -> None:
    ended = _server()
    ended.end()
    async with asyncio.timeout(10):
        await ended.main_loop()


async def test_every_answer_has_the_second_in_which_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _server()
    asked.server_state.default_headers = [(b"date", b"long ago"), (b"x-kept", b"yes")]
    for second in (1_700_000_000, 1_700_000_001):
        monkeypatch.setattr(time, "time", lambda now=second: now + 0.5)
        told = dict(asked.server_state.default_headers)
        assert parsedate_to_datetime(told[b"date"].decode()).timestamp() == second
        assert told[b"x-kept"] == b"yes"
