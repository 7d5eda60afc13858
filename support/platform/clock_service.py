"""A clock that lives elsewhere: time stands still between the hops that the clock service makes."""

from __future__ import annotations

import json
import logging
import threading
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from support.platform.clock import Clock
from support.platform.inflight import InFlight
from support.platform.jobs import Jobs

_log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0


class ClockUnavailable(Exception):
    """The clock service did not answer in time at start."""


class ClockServiceClient(Clock):
    """A participant of the clock service.

    The service opens a round at each hop; the round is answered once, when nothing is in flight, with the next hard timer. One thread reads;
    whoever ends the last work answers. While the connection is lost time stands still, and the service is tried again with growing pauses.
    """

    def __init__(self, url: str, in_flight: InFlight, jobs: Jobs, *, patience_seconds: float = 15.0) -> None:
        super().__init__(in_flight, jobs)
        parts = urlsplit(url)
        scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
        self._url = urlunsplit((scheme, parts.netloc, f"{parts.path.rstrip('/')}/participants", "name=platform", ""))
        self._patience = patience_seconds
        self._now = datetime.min.replace(tzinfo=UTC)
        self._open_round: int | None = None
        self._connection: ClientConnection | None = None
        self._problem: str | None = "not connected yet"
        self._ready = threading.Event()
        self._closing = threading.Event()
        in_flight.when_quiet = self._answer

    def now(self) -> datetime:
        return self._now

    def state(self) -> str | None:
        return self._problem

    def start(self) -> None:
        threading.Thread(target=self._keep, name="clock", daemon=True).start()
        if not self._ready.wait(self._patience):
            self.close()
            raise ClockUnavailable(f"the clock service at {self._url} did not answer within {self._patience:g} s: {self._problem}")

    def close(self) -> None:
        self._closing.set()
        super().close()
        connection = self._connection
        if connection is not None:
            connection.close()

    def _keep(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._closing.is_set():
            try:
                with connect(self._url, open_timeout=5, compression=None, proxy=None) as connection:
                    pause = FIRST_PAUSE_SECONDS
                    self._follow(connection)
            except (OSError, InvalidHandshake, ConnectionClosed) as error:
                self._lost(str(error) or type(error).__name__)
            self._closing.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _follow(self, connection: ClientConnection) -> None:
        self._connection = connection
        for message in connection:
            told = json.loads(message)
            if told.get("status"):
                connection.send(json.dumps({"busy": self.in_flight.labels()}))
            else:
                self._hop(datetime.fromisoformat(told["now"]).astimezone(UTC), int(told["round"]))
        self._lost("the clock service closed the connection")

    def _lost(self, why: str) -> None:
        with self._lock:
            if self._problem is None and not self._closing.is_set():
                _log.warning("the clock is lost: %s", why)
            self._connection, self._open_round, self._problem = None, None, why

    def _hop(self, now: datetime, opened: int) -> None:
        """A round has been opened: time is set, what is due begins, and the round is answered now or when that work has ended."""
        with self._lock:
            self._now = max(self._now, now)
            self._open_round, self._problem = opened, None
            self._fire_due(self._now)
            self._ready.set()
            if self.in_flight.quiet():
                self._answer()

    def _answer(self) -> None:
        """Answers the open round, once. Called under the lock, with nothing in flight."""
        opened, connection = self._open_round, self._connection
        if opened is None or connection is None:
            return
        self._open_round = None
        following = self.next_hard()
        try:
            connection.send(json.dumps({"round": opened, "next": following.isoformat() if following else None}))
        except (ConnectionClosed, OSError) as error:
            self._lost(str(error) or type(error).__name__)
