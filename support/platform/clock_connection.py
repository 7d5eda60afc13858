"""The connection to the clock service: a WebSocket that one thread reads and any thread writes to.

The protocol is websockets', the socket is ours: its own connection for threads reads in one thread and hands each message to another, which costs
three times as much as all the rest of a message, and there is a message at each step of time.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress

from websockets.client import ClientProtocol
from websockets.exceptions import WebSocketException
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import Event, State
from websockets.uri import parse_uri

BROKEN = (OSError, WebSocketException)
"""What may be raised by everything here when the connection cannot be made or is lost."""

MOST_BYTES = 65_536
"""Read at once."""


class Connection:
    """Open until it is closed, by whichever side."""

    def __init__(self, url: str, seconds: float) -> None:
        where = parse_uri(url)
        self._protocol = ClientProtocol(where)
        self._using = threading.Lock()
        self._socket: socket.socket = socket.create_connection((where.host, where.port), seconds)
        try:
            if where.secure:
                self._socket = ssl.create_default_context().wrap_socket(self._socket, server_hostname=where.host)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            self._early = self._shake_hands()
            self._socket.settimeout(None)
        except BROKEN:
            self._socket.close()
            raise

    def __iter__(self) -> Iterator[str]:
        """Each message, until the other side closes."""
        events, content = self._early, b""
        while True:
            for event in events:
                if isinstance(event, Frame) and event.opcode in {Opcode.TEXT, Opcode.CONT}:
                    content += event.data
                    if event.fin:
                        yield content.decode()
                        content = b""
            if self._protocol.state is State.CLOSED:
                return
            events = self._read()

    def send(self, message: str) -> None:
        """Sends it at once."""
        with self._using:
            self._protocol.send_text(message.encode())
            self._write()

    def close(self) -> None:
        """Ends the connection, and whoever is reading with it."""
        with suppress(*BROKEN), self._using:
            if self._protocol.state is State.OPEN:
                self._protocol.send_close()
                self._write()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _shake_hands(self) -> list[Event]:
        """What came with the other side's consent."""
        with self._using:
            self._protocol.send_request(self._protocol.connect())
            self._write()
        while self._protocol.state is State.CONNECTING:
            events = self._read()
            if self._protocol.handshake_exc is not None:
                raise self._protocol.handshake_exc
        return [event for event in events if not isinstance(event, Response)]

    def _read(self) -> list[Event]:
        received = self._socket.recv(MOST_BYTES)
        with self._using:
            if received:
                self._protocol.receive_data(received)
            else:
                self._protocol.receive_eof()
            self._write()
            return self._protocol.events_received()

    def _write(self) -> None:
        """Sends what the protocol has to say, and ends the sending where it says so by an empty part."""
        for part in self._protocol.data_to_send():
            if part:
                self._socket.sendall(part)
            else:
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_WR)
