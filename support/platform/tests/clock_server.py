"""A clock service as small as its contract: what the platform's clock is tested against."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from websockets.sync.server import Server, ServerConnection, serve

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PATIENCE_SECONDS = 60.0
"""Of real time, on a machine that has much else to do."""


@dataclass
class ClockServer:
    """Serves one participant at a time. `advance` and `settle` return when the platform has said that it is quiet."""

    now: datetime = START
    round: int = 0
    answers: list[dict[str, object]] = field(default_factory=list)
    connections: list[ServerConnection] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    server: Server | None = None

    @property
    def url(self) -> str:
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.socket.getsockname()[1]}/clock"

    def serve_one(self, connection: ServerConnection) -> None:
        with self.changed:
            self.connections.append(connection)
            self._open_round(connection)
        for message in connection:
            with self.changed:
                self.answers.append(json.loads(message))
                self.changed.notify_all()
        with self.changed:
            self.connections.remove(connection)
            self.changed.notify_all()

    def settle(self) -> datetime | None:
        """Asks anew whether the platform is quiet, and waits for it. Answers its next alarm."""
        with self.changed:
            self._open_round(self._connection())
            return self._await_answer()

    def advance(self, span: timedelta) -> int:
        """Hops from alarm to alarm up to the target and answers the number of hops."""
        target, hops = self.now + span, 0
        while True:
            following = self.settle()
            if self.now == target and (following is None or following > target):
                return hops
            self.now = min(target, following) if following is not None else target
            hops += 1

    def busy(self) -> list[str]:
        """What the platform says it is doing."""
        with self.changed:
            self._connection().send(json.dumps({"status": True}))
            assert self.changed.wait_for(lambda: any("busy" in answer for answer in self.answers), PATIENCE_SECONDS)
            answer = next(answer for answer in self.answers if "busy" in answer)
            self.answers.remove(answer)
            labels = answer["busy"]
            assert isinstance(labels, list)
            return labels

    def drop(self) -> None:
        """Closes the participant's connection as a crash would."""
        with self.changed:
            self._connection().socket.close()

    def _connection(self) -> ServerConnection:
        assert self.changed.wait_for(lambda: bool(self.connections), PATIENCE_SECONDS), "the platform did not connect"
        return self.connections[-1]

    def _open_round(self, connection: ServerConnection) -> None:
        self.round += 1
        connection.send(json.dumps({"now": self.now.isoformat(), "round": self.round}))

    def _await_answer(self) -> datetime | None:
        def answered() -> dict[str, object]:
            return next((answer for answer in self.answers if answer.get("round") == self.round), {})

        answer = self.changed.wait_for(answered, PATIENCE_SECONDS)
        assert answer, "the platform is not quiet"
        self.answers.clear()
        following = answer["next"]
        return datetime.fromisoformat(str(following)) if following else None


@contextmanager
def clock_server() -> Iterator[ClockServer]:
    """A clock service on a free port, ended afterwards."""
    served = ClockServer()
    with serve(served.serve_one, "127.0.0.1", 0) as server:
        served.server = server
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield served
        server.shutdown()
        thread.join(5)
