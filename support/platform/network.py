"""HTTP into a customer's network: to its load balancers and model servers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from support.platform.cloud import HasAccount, account_of
from support.platform.settings import Settings

if TYPE_CHECKING:
    import urllib3

Server = TypeVar("Server")
Told = TypeVar("Told")

TIMEOUT_SECONDS = 10.0
CONNECTIONS = 64
TOGETHER = 16
"""As many servers are asked at the same time."""

FEW = 4
"""So many are asked one after the other, which costs less than asking them at the same time."""


class Unreachable(Exception):
    """Nothing answered, or not in time; the message is the kind of failure."""


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    content: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is 200."""
        return self.status == 200

    @property
    def text(self) -> str:
        """The content as text; what is no UTF-8 is replaced."""
        return self.content.decode("utf-8", "replace")


class Client:
    """One customer's way in. Thread-safe; redirects are not followed, nothing is repeated."""

    def __init__(self, send: Callable[..., urllib3.BaseHTTPResponse], headers: Mapping[str, str]) -> None:
        self._send = send
        self._headers = headers

    def get(self, url: str, seconds: float = TIMEOUT_SECONDS) -> Answer:
        """Raises Unreachable; any status is an answer."""
        return self._ask("GET", url, None, seconds)

    def post(self, url: str, body: Any) -> Answer:  # noqa: ANN401  any JSON
        """As `get`, with JSON."""
        return self._ask("POST", url, orjson.dumps(body), TIMEOUT_SECONDS)

    def _ask(self, method: str, url: str, content: bytes | None, seconds: float) -> Answer:
        from urllib3.exceptions import HTTPError

        headers = self._headers if content is None else {**self._headers, "Content-Type": "application/json"}
        try:
            answered = self._send(method, url, body=content, headers=headers, timeout=seconds, retries=False, redirect=False, assert_same_host=False)
        except HTTPError as error:
            raise Unreachable(type(error).__name__) from error
        return Answer(answered.status, answered.data)


class Network:
    """Goes through the forward proxy, if there is one, which tells the customers' networks apart by the account number.

    Everything there is asked without TLS, so that all that goes through the proxy is sent to the proxy itself: urllib3 need not find out for
    each request where it goes.
    """

    def __init__(self, settings: Settings) -> None:
        import urllib3

        self._proxied = settings.network_proxy is not None
        self._send: Callable[..., urllib3.BaseHTTPResponse]
        if settings.network_proxy:
            proxy = urllib3.connection_from_url(settings.network_proxy, maxsize=CONNECTIONS)
            self._send, self._close = proxy.urlopen, proxy.close
        else:
            servers = urllib3.PoolManager(maxsize=CONNECTIONS)
            self._send, self._close = servers.urlopen, servers.clear
        self._together = ThreadPoolExecutor(TOGETHER, "network")

    def client(self, customer: HasAccount) -> Client:
        """The customer's way in."""
        import urllib3

        if not self._proxied:
            return Client(self._send, {})
        account = account_of(customer.iam_role_arn) if customer.iam_role_arn else customer.id
        return Client(self._send, urllib3.make_headers(proxy_basic_auth=f"{account}:{customer.external_id}"))

    def each(self, ask: Callable[[Server], Told], servers: Iterable[Server]) -> list[Told]:
        """What each of them is told, in their order; many are asked at the same time."""
        asked = list(servers)
        return [ask(server) for server in asked] if len(asked) <= FEW else list(self._together.map(ask, asked))

    def close(self) -> None:
        """Closes all connections."""
        self._together.shutdown(wait=False, cancel_futures=True)
        self._close()
