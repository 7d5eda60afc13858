"""HTTP as the drivers speak it: one request, one answer, over connections that are kept open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson
from yarl import URL

CONNECT_SECONDS = 5.0

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class NoAnswer(Exception):
    """Nothing came back, or not in time; the message is the kind of failure, such as `ClientConnectorError`."""


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status. Headers are found however their names are written."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status is one of 200 to 299."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The content as text; what is no UTF-8 is replaced."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:  # noqa: ANN401  (JSON is whatever was sent)
        """The content as JSON; ValueError where it is none."""
        return orjson.loads(self.content)


class Http:
    """A client for URLs below `base`, or for any absolute URL. Made inside the event loop in which it is used.

    Nothing is followed, remembered or repeated on its own: no redirect, no cookie, no proxy of the environment.
    """

    def __init__(self, base: str, seconds: float) -> None:
        self._base = base
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            connector=aiohttp.TCPConnector(limit=0),
        )

    async def ask(
        self,
        method: str,
        url: str,
        *,
        body: Any = None,  # noqa: ANN401  (any JSON)
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to one request; the path must be percent-encoded, the body is sent as JSON unless it is None. Raises NoAnswer."""
        sent = dict(headers or {})
        content = None
        if body is not None:
            content = _JSON.encode(body).encode()
            sent["Content-Type"] = "application/json"
        whole = URL(f"{self._base}{url}?{urlencode(query)}" if query else f"{self._base}{url}", encoded=True)
        try:
            async with self._session.request(method, whole, data=content, headers=sent, allow_redirects=False) as answered:
                return Answer(answered.status, answered.headers, await answered.read())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NoAnswer(type(error).__name__) from error

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._session.close()
