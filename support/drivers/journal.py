"""What happened in one scenario, bounded and free of secrets: the material for a failure's attachments."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

MOST_EXCHANGES = 1_000
SHOWN_EXCHANGES = 20
MOST_EVENTS = 200
LONGEST_BODY = 4_000
LONGEST_LOG = 20_000
MASK = "***"

_SECRET_NAMES = frozenset({"password", "access_token", "refresh_token", "agent_token", "token", "authorization", "install_command", "event_token"})


class Secrets:
    """Every secret value of a run, so that none is ever shown, wherever it turns up."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def keep(self, value: str | None) -> None:
        """From now on this value is masked; values too short to be a secret are left alone."""
        if value is not None and len(value) >= 8:
            self._values.add(value)

    def masked(self, text: str) -> str:
        """The text without any secret."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, MASK)
        return text

    def keep_those_in(self, body: object) -> None:
        """Takes note of every secret in an answer or a request, by the name of its field."""
        if isinstance(body, dict):
            for key, value in body.items():
                if str(key).lower() in _SECRET_NAMES and isinstance(value, str):
                    self.keep(value)
                else:
                    self.keep_those_in(value)
        elif isinstance(body, list):
            for value in body:
                self.keep_those_in(value)


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, or the lack of one. `operation` is method and path with its parameters left open, as `GET /customers/{}`;
    `correlation` is the name under which the platform keeps what the request caused."""

    method: str
    path: str
    sent: Any
    status: int | None
    received: Any
    operation: str = ""
    correlation: str | None = None

    @property
    def done(self) -> bool:
        """Whether the platform did what was asked."""
        return self.status is not None and 200 <= self.status < 300

    def __str__(self) -> str:
        answer = "no answer" if self.status is None else str(self.status)
        return f"{self.method} {self.path}\n{_json(self.sent)}\n-> {answer}\n{_json(self.received)}"


@dataclass
class Journal:
    """The record of one scenario; `attachments` gives it as named texts, secrets masked, each of bounded length.

    `operations` are those that the platform has carried out; an answer that refuses exercises nothing.
    """

    secrets: Secrets
    exchanges: deque[Exchange] = field(default_factory=lambda: deque(maxlen=MOST_EXCHANGES))
    operations: set[str] = field(default_factory=set)
    events: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_EVENTS))
    cloud: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    _log: Path | None = None
    _log_start: int = 0

    def exchanged(self, exchange: Exchange) -> None:
        """Records a request and what came back."""
        self.secrets.keep_those_in(exchange.sent)
        self.secrets.keep_those_in(exchange.received)
        self.exchanges.append(exchange)
        if exchange.done:
            self.operations.add(exchange.operation)

    def happened(self, when: datetime, event: str) -> None:
        """Records an event that the platform pushed."""
        self.events.append(f"{when:%Y-%m-%d %H:%M:%S} {event}")

    def looked(self, account: str, fleet: str) -> None:
        """Records the latest look at a customer's cloud."""
        self.cloud[account] = fleet

    def follow_log(self, log: Path) -> None:
        """Counts as this scenario's what the platform logs from now on."""
        self._log = log
        self._log_start = log.stat().st_size if log.exists() else 0

    def attachments(self) -> Mapping[str, str]:
        """Named texts: those that are empty are left out."""
        texts = {
            "last exchange": str(self.exchanges[-1]) if self.exchanges else "",
            "exchanges": "\n\n".join(str(exchange) for exchange in list(self.exchanges)[-SHOWN_EXCHANGES:]),
            "events": "\n".join(self.events),
            "cloud": "\n\n".join(f"account {account}\n{fleet}" for account, fleet in self.cloud.items()),
            "platform log": self._logged(),
            **self.notes,
        }
        return {name: self.secrets.masked(text) for name, text in texts.items() if text}

    def _logged(self) -> str:
        if self._log is None or not self._log.exists():
            return ""
        with self._log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode("utf-8", errors="replace")[-LONGEST_LOG:]


def _json(body: object) -> str:
    if body is None:
        return ""
    text = body if isinstance(body, str) else json.dumps(body, indent=2, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_BODY else f"{text[:LONGEST_BODY]}..."
