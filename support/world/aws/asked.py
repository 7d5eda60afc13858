"""What a caller asks of AWS: read once, for the world's rules and for moto's response classes alike."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from botocore.model import OperationNotFoundError
from moto.core.responses import BaseResponse
from moto.utilities.utils import get_partition
from starlette.types import Scope

FORM = "application/x-www-form-urlencoded"


class Headers(dict[str, str]):
    """Headers by their names in small letters, found however a name is written."""

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return super().__contains__(str(name).lower())

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401
        """The header's value."""
        return super().get(name.lower(), default)


@dataclass(frozen=True)
class Asked:
    """One call: whose account it is about, by whom, and what it wants. `service` is the name under which it is signed."""

    service: str
    account: str
    principal: str | None
    region: str
    action: str
    method: str
    path: str
    headers: Headers = field(repr=False)
    values: dict[str, str] = field(repr=False)
    data: bytes = field(repr=False)

    @property
    def content_type(self) -> str | None:
        """The form of the body."""
        found: str | None = self.headers.get("content-type")
        return found


def read(scope: Scope, body: bytes, owner: Callable[[str | None], tuple[str, str | None]]) -> Asked:
    """The call that a request makes; `owner` knows the account and the principal of an access key."""
    headers = Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    access_key, region, service = _credential(headers.get("authorization", ""))
    account, principal = owner(access_key)
    values: dict[str, str] = {}
    texts = [scope["query_string"].decode("latin-1")]
    if headers.get("content-type", "").startswith(FORM):
        texts.append(body.decode("utf-8", "replace"))
    for text in filter(None, texts):
        for name, value in parse_qsl(text, keep_blank_values=True):
            values.setdefault(name, value)
    action = headers.get("x-amz-target", "").rsplit(".", 1)[-1] or values.get("Action", "")
    return Asked(service, account, principal, region, action, scope["method"], scope["path"], headers, values, body)


def hand_over(asked: Asked, handler: BaseResponse) -> None:
    """Gives a call to one of moto's response classes, as its own `setup_class` does, for what these classes use. Raises OperationNotFoundError."""
    if not asked.action:
        raise OperationNotFoundError(asked.action)
    handler.path = asked.path
    handler.method = asked.method
    handler.headers = asked.headers
    handler.body = asked.data.decode()
    handler.querystring = handler.data = {name: [value] for name, value in asked.values.items()}
    handler.region = asked.region
    handler.partition = get_partition(asked.region)
    handler.uri_match = {}
    handler.response_headers = {"server": "amazon.com"}
    handler.parse_parameters(asked)  # type: ignore[arg-type]
    handler.current_account = asked.account


def _credential(authorization: str) -> tuple[str | None, str, str]:
    """Access key, region and service of a signed request (AWS Signature Version 4)."""
    _, _, scope = authorization.partition("Credential=")
    parts = scope.split(",")[0].split("/")
    if len(parts) != 5:
        return None, "us-east-1", "sts"
    return parts[0], parts[2], parts[3]
