"""The wire: connections are kept while they last, answers are whole or none, and every failure has its kind."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from support.platform.wire import NotAnswered, NotConnected, Place, Wire, request

ASK = request("GET", "/", [("Host", "somewhere")])
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Answers each request with the next of the given answers; None closes the connection. Remembers what it was asked on which connection."""

    def __init__(self, *answers: bytes | None) -> None:
        self.connections = 0
        self.asked: list[bytes] = []
        self._answers = list(answers)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.place = Place(secure=False, host="127.0.0.1", port=self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._answers.clear()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        while self._answers:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        while self._answers and (asked := connection.recv(65_536)):
            self.asked.append(asked)
            answer = self._answers.pop(0)
            if answer is None:
                return
            for part in answer.partition(b"\r\n\r\n"):
                connection.sendall(part)
            if b"ontent-Length" not in answer and b"chunked" not in answer:
                return


@pytest.fixture
def serving() -> Iterator[Callable[..., Server]]:
    served: list[Server] = []

    def start(*answers: bytes | None) -> Server:
        served.append(Server(*answers))
        return served[-1]

    yield start
    for server in served:
        server.close()


Serving = Callable[..., Server]


def test_one_connection_serves_many_requests(serving: Serving) -> None:
    server, wire = serving(OK, OK, OK), Wire()
    assert [wire.ask(server.place, ASK, 5).content for _ in range(3)] == [b"ok"] * 3
    assert server.connections == 1
    assert server.asked == [b"GET / HTTP/1.1\r\nHost: somewhere\r\n\r\n"] * 3
    wire.close()


def test_a_connection_that_was_closed_meanwhile_is_replaced(serving: Serving) -> None:
    server, wire = serving(OK.replace(b"OK", b"OK\r\nConnection: close"), b"HTTP/1.1 200 OK\r\n\r\nuntil the end", OK), Wire()
    assert [wire.ask(server.place, ASK, 5).text for _ in range(3)] == ["ok", "until the end", "ok"]
    assert server.connections == 3
    wire.close()


WHOLE = [
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n", 200, "ok"),
    (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok", 201, "ok"),
    (b"HTTP/1.1 204 No Content\r\ncontent-Length: 0\r\n\r\n", 204, ""),
    (b"HTTP/1.1 503 Later\r\nContent-Length: 3\r\n\r\n\xffno", 503, "\N{REPLACEMENT CHARACTER}no"),
]


@pytest.mark.parametrize(("answer", "status", "text"), WHOLE)
def test_an_answer_is_read_to_its_end(serving: Serving, answer: bytes, status: int, text: str) -> None:
    server, wire = serving(answer, OK), Wire()
    told = wire.ask(server.place, ASK, 5)
    assert (told.status, told.text) == (status, text)
    assert wire.ask(server.place, ASK, 5).headers == [("Content-Length", "2")]
    assert server.connections == 1
    wire.close()


@pytest.mark.parametrize("answer", [None, b"no HTTP at all Content-Length\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
def test_anything_but_a_whole_answer_is_none(serving: Serving, answer: bytes | None) -> None:
    server, wire = serving(answer, None, OK), Wire()
    with pytest.raises(NotAnswered):
        wire.ask(server.place, ASK, 0.2)


def test_silence_lasts_as_long_as_patience(serving: Serving) -> None:
    server = serving(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", OK)
    with pytest.raises(NotAnswered) as raised:
        Wire().ask(server.place, ASK, 0.1)
    assert isinstance(raised.value.__cause__, TimeoutError)


def test_where_nobody_listens_there_is_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nowhere = Place(secure=False, host="127.0.0.1", port=closed.getsockname()[1])
    with pytest.raises(NotConnected) as raised:
        Wire().ask(nowhere, ASK, 1)
    assert isinstance(raised.value.__cause__, ConnectionRefusedError)


def test_who_does_not_speak_tls_is_not_trusted(serving: Serving) -> None:
    server = serving(OK)
    with pytest.raises(NotConnected):
        Wire().ask(server.place._replace(secure=True), ASK, 1)


def test_a_header_cannot_begin_another() -> None:
    with pytest.raises(ValueError, match="line break"):
        request("GET", "/", [("Host", "somewhere\r\nX-Forged: yes")])


def test_a_place_has_its_scheme_s_port() -> None:
    assert Place.of("https://ec2.us-east-1.amazonaws.com/") == (True, "ec2.us-east-1.amazonaws.com", 443)
    assert Place.of("http://10.0.0.1:8000/metrics") == (False, "10.0.0.1", 8000)
