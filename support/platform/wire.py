"""HTTP/1.1 over connections that are kept: all that asking AWS or a model server takes, in a fraction of the time of a general client.

Nothing is repeated, no redirect is followed, and an answer is read to its end before anybody gets it.
"""

from __future__ import annotations

import selectors
import socket
import ssl
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

import httptools

MOST_KEPT = 64
"""Connections to one place that are kept while nobody uses them."""

AT_A_TIME = 65_536
UNTIL_THE_END = frozenset({b"content-length", b"transfer-encoding"})
"""An answer with neither of these ends with its connection."""


class NotConnected(Exception):
    """Nobody took the connection; `__cause__` says why."""


class NotAnswered(Exception):
    """The connection broke, stayed silent for too long, or brought something other than HTTP; `__cause__` says which."""


class Place(NamedTuple):
    """Whom to connect to."""

    secure: bool
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Place:
        """Where that URL is served."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        return cls(secure, parts.hostname or "", parts.port or (443 if secure else 80))


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: list[tuple[str, str]]
    content: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is 200."""
        return self.status == 200

    @property
    def text(self) -> str:
        """The content as text; what is no UTF-8 is replaced."""
        return self.content.decode("utf-8", "replace")


def request(method: str, target: str, headers: Iterable[tuple[str, str]], content: bytes = b"") -> bytes:
    """A request as it is sent. ValueError for a line break within a header, which would begin another one."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
    head = "\r\n".join(lines).encode("latin-1")
    if not head.count(b"\r") == head.count(b"\n") == len(lines) - 1:
        raise ValueError("a header has a line break in it")
    return head + content


class Wire:
    """The connections, shared by threads. `trusted` gives whom to trust, and is asked when something is first reached by TLS."""

    def __init__(self, trusted: Callable[[], ssl.SSLContext] = ssl.create_default_context) -> None:
        self._trusted = trusted
        self._context: ssl.SSLContext | None = None
        self._idle: defaultdict[Place, list[socket.socket]] = defaultdict(list)

    def ask(self, place: Place, sent: bytes, patience: float, patience_to_connect: float | None = None) -> Answer:
        """The answer to a whole request. Seconds of patience: for the connection, and for each part of the answer.

        Raises NotConnected or NotAnswered.
        """
        connection = self._kept(place) or self._connected(place, patience_to_connect or patience)
        told = _Told()
        try:
            connection.settimeout(patience)
            connection.sendall(sent)
            while not told.complete:
                told.hear(connection.recv(AT_A_TIME))
        except (OSError, httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            connection.close()
            raise NotAnswered(type(error).__name__) from error
        except BaseException:
            connection.close()
            raise
        idle = self._idle[place]
        if told.keeps_connection and len(idle) < MOST_KEPT:
            idle.append(connection)
        else:
            connection.close()
        return told.answer()

    def close(self) -> None:
        """Closes the connections that nobody uses."""
        for idle in list(self._idle.values()):
            while idle:
                idle.pop().close()

    def _kept(self, place: Place) -> socket.socket | None:
        """A connection that is still there. One that has something to say, unasked, says that it is closed."""
        idle = self._idle[place]
        while True:
            try:
                connection = idle.pop()
            except IndexError:
                return None
            with selectors.DefaultSelector() as look:
                look.register(connection, selectors.EVENT_READ)
                if not look.select(0):
                    return connection
            connection.close()

    def _connected(self, place: Place, patience: float) -> socket.socket:
        try:
            connection = socket.create_connection((place.host, place.port), patience)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not place.secure:
                return connection
            if self._context is None:
                self._context = self._trusted()
            return self._context.wrap_socket(connection, server_hostname=place.host)
        except OSError as error:
            raise NotConnected(type(error).__name__) from error


class _Told:
    """An answer as it comes in; httptools calls what begins with `on_`."""

    def __init__(self) -> None:
        self.complete = False
        self.keeps_connection = False
        self._parser = httptools.HttpResponseParser(self)
        self._status = 0
        self._headers: list[tuple[str, str]] = []
        self._parts: list[bytes] = []
        self._ends_with_connection = True

    def hear(self, data: bytes) -> None:
        """A further part of the answer; empty when the connection has ended, which raises ConnectionResetError unless the answer ends so."""
        if data:
            self._parser.feed_data(data)
        elif self._status and self._ends_with_connection:
            self.complete = True
        else:
            raise ConnectionResetError("the connection ended before the answer")

    def answer(self) -> Answer:
        """The whole."""
        return Answer(self._status, self._headers, self._parts[0] if len(self._parts) == 1 else b"".join(self._parts))

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() in UNTIL_THE_END:
            self._ends_with_connection = False
        self._headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        self._status = self._parser.get_status_code()
        self.keeps_connection = self._parser.should_keep_alive()

    def on_body(self, part: bytes) -> None:
        self._parts.append(part)

    def on_message_complete(self) -> None:
        self.complete = self._status >= 200
        if not self.complete:  # "continue" and its like: the answer is still to come
            self._status = 0
            self._headers = []
