"""uvicorn's server, woken by what happens and by nothing else: while nobody asks anything, it costs no processor time.

uvicorn itself looks ten times a second whether it was told to end.
"""

from __future__ import annotations

import asyncio
from types import FrameType

import uvicorn


class WokenServer(uvicorn.Server):
    """Serves until a signal, or `end`, tells it to stop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ended = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        """Waits for the end."""
        self._loop = asyncio.get_running_loop()
        if not await self.on_tick(0):
            await self._ended.wait()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """As uvicorn, and at once."""
        super().handle_exit(sig, frame)
        self.end()

    def end(self) -> None:
        """Ends it; from any thread."""
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._ended.set)
