"""Connections to AWS that send a request in one piece.

urllib3 sends a request's head and body one by one, for each of which both sides have work; botocore would send them together if urllib3 let it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.awsrequest import AWSHTTPConnection, AWSHTTPConnectionPool, AWSHTTPSConnection, AWSHTTPSConnectionPool


class _InOnePiece:
    """Hands the body over with the end of the head, where botocore joins them; but not where AWS is to be asked first whether it wants the body."""

    _body: bytes | None = None

    def request(self, method: str, url: str, body: Any = None, headers: Mapping[str, Any] | None = None, *more: Any, **named: Any) -> Any:  # noqa: ANN401
        """Sends a request."""
        self._body = body if isinstance(body, bytes) and "Expect" not in (headers or {}) else None
        following = body if self._body is None else None
        return super().request(method, url, following, headers, *more, **named)  # type: ignore[misc]

    def endheaders(self, message_body: Any = None, **named: Any) -> None:  # noqa: ANN401
        """Sends the head, and the body with it."""
        super().endheaders(message_body if self._body is None else self._body, **named)  # type: ignore[misc]


class _Plain(_InOnePiece, AWSHTTPConnection):  # type: ignore[misc, unused-ignore]
    """Without TLS."""


class _Tls(_InOnePiece, AWSHTTPSConnection):  # type: ignore[misc, unused-ignore]
    """With TLS."""


def send_in_one_piece() -> None:
    """For all clients of this process that are made from now on."""
    AWSHTTPConnectionPool.ConnectionCls = _Plain
    AWSHTTPSConnectionPool.ConnectionCls = _Tls
