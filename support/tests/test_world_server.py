"""The world's server waits for what happens: it ends when it is told to, and has no clock that wakes it."""

from __future__ import annotations

import asyncio
import signal

import pytest
import uvicorn

from support.world.server import WokenServer


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
