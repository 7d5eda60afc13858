"""The ways into a customer's network: through the forward proxy, which learns who asks, or direct."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import SecretStr

from support.platform.network import Client, Network, Unreachable
from support.platform.settings import Settings


@dataclass
class Northwind:
    id: str = "cus_northwind"
    external_id: str = "external"
    iam_role_arn: str | None = "arn:aws:iam::111122223333:role/optiinfra"
    region: str | None = None


@dataclass
class Listening:
    """What was asked of the server: first line, headers and content of each request."""

    url: str
    heard: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Listening]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            listening.heard.append((self.requestline, {name.lower(): value for name, value in self.headers.items()}, content))
            self.send_response(307 if "moved" in self.path else 200)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        do_GET = do_POST = _answer  # noqa: N815  the base class's names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        listening = Listening(f"http://127.0.0.1:{serving.server_address[1]}")
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield listening
        serving.shutdown()


def _client(proxy: str | None = None) -> Client:
    given = {"token_key": SecretStr("k" * 40), "admin_password": SecretStr("correct horse 42 staple")}
    return Network(Settings(network_proxy=proxy, **given)).client(Northwind())  # type: ignore[arg-type]


def test_the_proxy_learns_whose_network_is_meant(server: Listening) -> None:
    assert _client(server.url).get("http://10.0.0.1:8000/metrics").text == "ok"
    line, headers, _ = server.heard[0]
    assert line == "GET http://10.0.0.1:8000/metrics HTTP/1.1"
    assert headers["host"] == "10.0.0.1:8000"
    assert headers["proxy-authorization"] == "Basic MTExMTIyMjIzMzMzOmV4dGVybmFs"


def test_without_a_proxy_the_server_itself_is_asked(server: Listening) -> None:
    assert _client().post(f"{server.url}/v1/completions", {"prompt": ["1 + 1"]}).ok
    line, headers, content = server.heard[0]
    assert line == "POST /v1/completions HTTP/1.1"
    assert headers["content-type"] == "application/json"
    assert "proxy-authorization" not in headers
    assert content == b'{"prompt":["1 + 1"]}'


@pytest.mark.parametrize("proxied", [True, False])
def test_whatever_is_answered_is_the_answer(server: Listening, proxied: bool) -> None:
    assert _client(server.url if proxied else None).get(f"{server.url}/moved").status == 307
    assert len(server.heard) == 1


@pytest.mark.parametrize("proxied", [True, False])
def test_where_nobody_answers_is_unreachable(proxied: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(Unreachable, match="NewConnectionError"):
        _client(nowhere if proxied else None).get(f"{nowhere}/health")
