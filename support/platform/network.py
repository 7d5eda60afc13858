"""HTTP into a customer's network: to its load balancers and model servers."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import urlsplit

import orjson

from support.platform.cloud import HasAccount, account_of
from support.platform.settings import Settings
from support.platform.wire import Answer, NotAnswered, NotConnected, Place, Wire, request

Server = TypeVar("Server")
Told = TypeVar("Told")

TIMEOUT_SECONDS = 10.0
TOGETHER = 16
"""As many servers are asked at the same time."""

FEW = 4
"""So many are asked one after the other, which costs less than asking them at the same time."""


class Unreachable(Exception):
    """Nothing answered, or not in time; the message is the kind of failure."""


class Client:
    """One customer's way in. Thread-safe; redirects are not followed, nothing is repeated. Through a proxy with what tells it who asks."""

    def __init__(self, wire: Wire, proxy: Place | None = None, authorization: str = "") -> None:
        self._wire = wire
        self._proxy = proxy
        self._headers = [("Proxy-Authorization", authorization)] if proxy else []

    def get(self, url: str, seconds: float = TIMEOUT_SECONDS) -> Answer:
        """Raises Unreachable; any status is an answer."""
        return self._ask("GET", url, b"", [], seconds)

    def post(self, url: str, body: Any) -> Answer:  # noqa: ANN401  any JSON
        """As `get`, with JSON."""
        content = orjson.dumps(body)
        return self._ask("POST", url, content, [("Content-Type", "application/json"), ("Content-Length", str(len(content)))], TIMEOUT_SECONDS)

    def _ask(self, method: str, url: str, content: bytes, headers: list[tuple[str, str]], seconds: float) -> Answer:
        parts = urlsplit(url)
        target = url if self._proxy else parts._replace(scheme="", netloc="").geturl()
        sent = request(method, target, [("Host", parts.netloc), *self._headers, *headers], content)
        try:
            return self._wire.ask(self._proxy or Place.of(url), sent, seconds)
        except (NotConnected, NotAnswered) as error:
            raise Unreachable(str(error)) from error


class Network:
    """Goes through the forward proxy, if there is one, which tells the customers' networks apart by the account number."""

    def __init__(self, settings: Settings) -> None:
        self._proxy = Place.of(settings.network_proxy) if settings.network_proxy else None
        self._wire = Wire()
        self._together = ThreadPoolExecutor(TOGETHER, "network")

    def client(self, customer: HasAccount) -> Client:
        """The customer's way in."""
        if self._proxy is None:
            return Client(self._wire)
        account = account_of(customer.iam_role_arn) if customer.iam_role_arn else customer.id
        return Client(self._wire, self._proxy, f"Basic {b64encode(f'{account}:{customer.external_id}'.encode('latin-1')).decode()}")

    def each(self, ask: Callable[[Server], Told], servers: Iterable[Server]) -> list[Told]:
        """What each of them is told, in their order; many are asked at the same time."""
        asked = list(servers)
        return [ask(server) for server in asked] if len(asked) <= FEW else list(self._together.map(ask, asked))

    def close(self) -> None:
        """Closes all connections."""
        self._together.shutdown(wait=False, cancel_futures=True)
        self._wire.close()
