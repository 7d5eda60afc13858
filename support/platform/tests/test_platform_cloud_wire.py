"""botocore over the wire: what it asks arrives as it would send it, and failures are its own, since what is repeated depends on their kind."""

from __future__ import annotations

import socket
import threading

import botocore.session
import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError

from support.platform.cloud_wire import WireToAws

WHO = (
    b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>111122223333</Account>'
    b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
)


def _sts(url: str) -> BaseClient:
    session = botocore.session.Session()
    session.set_credentials("key", "secret")
    sts: BaseClient = session.create_client(
        "sts", region_name="us-east-1", endpoint_url=url, config=Config(retries={"total_max_attempts": 1, "mode": "standard"})
    )
    WireToAws(None).carry(sts)
    return sts


def _answering(answer: bytes, heard: list[bytes]) -> str:
    """A server that hears one request, answers it and hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listening, listening.accept()[0] as connection:
            heard.append(connection.recv(65_536))
            connection.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_call_is_asked_and_answered() -> None:
    heard: list[bytes] = []
    url = _answering(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s" % (len(WHO), WHO), heard)
    assert _sts(url).get_caller_identity()["Account"] == "111122223333"  # type: ignore[attr-defined]
    head, _, body = heard[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST / HTTP/1.1\r\nHost: " + url.removeprefix("http://").encode())
    assert b"Authorization: AWS4-HMAC-SHA256 Credential=key/" in head
    assert body == b"Action=GetCallerIdentity&Version=2011-06-15"


def test_who_hangs_up_has_closed_the_connection() -> None:
    with pytest.raises(ConnectionClosedError):
        _sts(_answering(b"", [])).get_caller_identity()  # type: ignore[attr-defined]


def test_where_nobody_listens_there_is_no_endpoint() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(EndpointConnectionError):
        _sts(url).get_caller_identity()  # type: ignore[attr-defined]
