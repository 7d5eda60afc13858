"""The connection to the clock service, with a server of websockets' own at the other end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from support.platform.clock_connection import BROKEN, Connection


@contextmanager
def server(talk: Callable[[ServerConnection], None], refused: bool = False) -> Iterator[str]:
    """The address of somebody who talks like that to each who connects, or lets nobody in."""

    def refuse(_connection: ServerConnection, _request: Request) -> Response | None:
        return Response(403, "Forbidden", Headers(), b"") if refused else None

    with serve(talk, "127.0.0.1", 0, process_request=refuse) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"ws://127.0.0.1:{running.socket.getsockname()[1]}/participants?name=platform"
        running.shutdown()


def test_each_message_comes_whole_and_in_order_until_the_other_side_closes() -> None:
    def talk(other: ServerConnection) -> None:
        other.send("first")
        other.send(["in ", "three ", "parts"])
        other.send("Zürich" * 50_000)

    with server(talk) as url, closing(Connection(url, 5)) as connection:
        assert list(connection) == ["first", "in three parts", "Zürich" * 50_000]
        with pytest.raises(BROKEN):
            connection.send("too late")


def test_what_is_said_is_heard_and_a_ping_is_answered() -> None:
    answered: list[bool] = []

    def talk(other: ServerConnection) -> None:
        answered.append(other.ping().wait(5))
        other.send(f"heard {other.recv(decode=True)} of {other.request.path if other.request else None}")

    with server(talk) as url, closing(Connection(url, 5)) as connection:
        connection.send("round 1")
        assert list(connection) == ["heard round 1 of /participants?name=platform"]
    assert answered == [True]


def test_closing_ends_the_reading_in_another_thread() -> None:
    def listen(other: ServerConnection) -> None:
        list(other)

    with server(listen) as url:
        connection = Connection(url, 5)
        ended = threading.Event()

        def read() -> None:
            try:
                list(connection)
            except BROKEN:
                pass
            finally:
                ended.set()

        threading.Thread(target=read, daemon=True).start()
        connection.close()
        connection.close()
        assert ended.wait(5)


def test_whoever_is_not_let_in_is_told_so() -> None:
    with server(lambda _: None, refused=True) as url, pytest.raises(BROKEN, match="403"):
        Connection(url, 5)


def test_an_address_where_nobody_listens_is_told() -> None:
    with server(lambda _: None) as url:
        pass
    with pytest.raises(BROKEN):
        Connection(url, 5)
