"""uvicorn's server, woken by what happens and by nothing else: while nobody asks anything, it costs no processor time.

uvicorn itself looks ten times a second whether it was told to end, and once a second at the time, for the `Date` of the answers to come.
"""

from __future__ import annotations

import asyncio
import time
from email.utils import formatdate
from types import FrameType

import uvicorn
from uvicorn.server import ServerState

Headers = list[tuple[bytes, bytes]]


class DatedAnswers(ServerState):
    """What the connections of a server share; the headers of every answer carry the second in which they are asked for."""

    def __init__(self) -> None:
        self._others: Headers = []
        self._second = 0
        self._headers: Headers = []
        super().__init__()

    @property
    def default_headers(self) -> Headers:
        """The date, and what else every answer carries."""
        second = int(time.time())
        if second != self._second:
            self._second = second
            self._headers = [(b"date", formatdate(second, usegmt=True).encode()), *self._others]
        return self._headers

    @default_headers.setter
    def default_headers(self, others: Headers) -> None:
        self._others = [header for header in others if header[0] != b"date"]
        self._second = 0


class WokenServer(uvicorn.Server):
    """Serves until a signal, or `end`, tells it to stop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.server_state = DatedAnswers()
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
