"""How botocore's requests reach AWS: over our own kept connections, which cost a fraction of those of its HTTP library."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import BotoCoreError, ConnectionClosedError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError, SSLError
from botocore.httpsession import get_cert_path
from botocore.utils import get_environ_proxies

from support.platform.wire import NotAnswered, NotConnected, Place, Wire, request

if TYPE_CHECKING:
    from botocore.client import BaseClient

CONNECT_SECONDS = 2
READ_SECONDS = 10


class WireToAws:
    """Connections to AWS, which trust that bundle of certificates, or the one that comes with botocore."""

    def __init__(self, bundle: str | None) -> None:
        self._wire = Wire(lambda: ssl.create_default_context(cafile=bundle or get_cert_path(True)))

    def carry(self, client: BaseClient) -> None:
        """From now on that client asks here; through a proxy it asks by itself, since botocore knows how to."""
        if not get_environ_proxies(client.meta.endpoint_url):
            client.meta.events.register("before-send", cast("Callable[..., None]", self._send))

    def _send(self, request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        """botocore's hook before a request is sent. Answers, or raises what botocore raises; None leaves to botocore what streams."""
        content = request.body.encode() if isinstance(request.body, str) else request.body or b""
        if request.stream_output or not isinstance(content, bytes):
            return None
        try:
            answered = self._wire.ask(Place.of(request.url), _written(request, content), READ_SECONDS, CONNECT_SECONDS)
        except (NotConnected, NotAnswered) as error:
            raise _told(error, request) from error
        return AWSResponse(request.url, answered.status, cast("Any", dict(answered.headers)), _Content(answered.content))


class _Content:
    """What botocore reads an answer's content from."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


def _written(asked: AWSPreparedRequest, content: bytes) -> bytes:
    parts = urlsplit(asked.url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    headers = [("Host", parts.netloc), ("Accept-Encoding", "identity"), *((name, _text(value)) for name, value in asked.headers.items())]
    return request(asked.method, target, headers, content)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _told(error: NotConnected | NotAnswered, asked: AWSPreparedRequest) -> BotoCoreError:
    """The same as botocore's own: what is repeated depends on it."""
    cause, timeout = error.__cause__, isinstance(error.__cause__, TimeoutError)
    told: dict[str, Any] = {"endpoint_url": asked.url, "error": cause}
    if isinstance(error, NotAnswered):
        return ReadTimeoutError(**told) if timeout else ConnectionClosedError(request=asked, **told)
    if isinstance(cause, ssl.SSLError):
        return SSLError(**told)
    return ConnectTimeoutError(**told) if timeout else EndpointConnectionError(**told)
