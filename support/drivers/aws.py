"""A customer's AWS account as its administrator sees it: AWS's own protocols over a real socket.

What a request looks like, how it is signed and what an answer means is botocore's knowledge. Only the way is ours: requests go out on the
loop, as all others of the suite, where botocore would need a thread for each, and more time than for everything else together.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import botocore.session
from botocore import xform_name
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.model import OperationModel
from botocore.parsers import ResponseParserFactory
from botocore.serialize import create_serializer
from botocore.utils import parse_timestamp

from support.drivers.http import Answer, Http, NoAnswer
from support.drivers.lost import TargetLost

REGION = "us-east-1"
ADMINISTRATOR = "OrganizationAccountAccessRole"
ANSWER_SECONDS = 30.0


@dataclass(frozen=True)
class AwsAccess:
    """Where AWS answers (None: where it always does) and the keys of the organisation that owns the customers' accounts."""

    endpoint: str | None
    key_id: str
    secret: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)

    @property
    def credentials(self) -> Credentials:
        """The organisation's own keys."""
        return Credentials(self.key_id, self.secret, self.session_token)


class _Service:
    """How one service is spoken to that is always asked at the same address and told everything in the body, as most of AWS."""

    def __init__(self, name: str) -> None:
        self._model = _botocore().get_service_model(name)
        parsers = ResponseParserFactory()
        parsers.set_parser_defaults(timestamp_parser=_moment)
        self._parser = parsers.create_parser(self._model.resolved_protocol)
        self._serializer: Any = create_serializer(self._model.resolved_protocol, include_validation=False)
        self._operations: dict[str, OperationModel] = {}

    def operation(self, name: str) -> OperationModel:
        """The operation that boto3 calls so."""
        if name not in self._operations:
            official = next(each for each in self._model.operation_names if xform_name(each) == name)
            self._operations[name] = self._model.operation_model(official)
        return self._operations[name]

    def signed(
        self, operation: OperationModel, arguments: dict[str, Any], url: str, region: str, credentials: Credentials
    ) -> tuple[bytes, dict[str, str]]:
        """What is to be posted there, and its headers."""
        asked = self._serializer.serialize_to_request(arguments, operation)
        body = asked["body"] if isinstance(asked["body"], bytes) else urlencode(asked["body"]).encode()
        request = AWSRequest("POST", url, asked["headers"], body)
        SigV4Auth(credentials, self._model.signing_name, region).add_auth(request)
        return body, dict(request.headers.items())

    def answered(self, operation: OperationModel, answer: Answer) -> Any:  # noqa: ANN401  (whatever the operation's description says)
        """What was answered; ClientError where that is a refusal."""
        told: Any = {"status_code": answer.status, "headers": answer.headers, "body": answer.content}
        shape: Any = operation.output_shape  # None where nothing is answered
        said: Any = self._parser.parse(told, shape)
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
            raise ClientError(said, operation.name)
        return said


@cache
def _botocore() -> botocore.session.Session:
    return botocore.session.Session()


_service = cache(_Service)
"""One for all accounts: botocore reads a description of many thousand lines to make it."""


@cache
def _official_address(service: str, region: str) -> str:
    unused: Any = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    return str(_botocore().create_client(service, region, **unused).meta.endpoint_url)


def prepare() -> None:
    """Reads the descriptions of the services that are asked most, ahead of their first use."""
    for name in ("sts", "ec2", "elbv2", "ssm"):
        _service(name)


class Aws:
    """The organisation's access to its accounts, by assuming the administrator's role in each. One for a worker."""

    def __init__(self, access: AwsAccess) -> None:
        self._access = access
        self._client = Http("", ANSWER_SECONDS)
        self._accounts: dict[str, AwsAccount] = {}

    def account(self, number: str) -> AwsAccount:
        """The account of that number; nothing is asked of AWS before its first use, and its keys are asked for once."""
        return self._accounts.setdefault(number, AwsAccount(number, self))

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._client.aclose()

    async def administrator_of(self, number: str) -> Credentials:
        """Temporary keys of the administrator of that account."""
        arguments = {"RoleArn": f"arn:aws:iam::{number}:role/{ADMINISTRATOR}", "RoleSessionName": "acceptance-suite"}
        keys = (await self.ask(self._access.credentials, "sts", REGION, "assume_role", arguments))["Credentials"]
        return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])

    async def ask(self, credentials: Credentials, service: str, region: str, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The answer of one operation, asked with those keys; ClientError where AWS declines, TargetLost where it is silent."""
        spoken = _service(service)
        asked, url = spoken.operation(operation), self._access.endpoint or _official_address(service, region)
        body, headers = spoken.signed(asked, arguments, url, region, credentials)
        try:
            answer = await self._client.ask("POST", url, content=body, headers=headers)
        except NoAnswer as error:
            raise TargetLost(f"AWS did not answer {service}:{operation} ({error})") from error
        said: dict[str, Any] = spoken.answered(asked, answer)
        return said


class AwsAccount:
    """One account: `call` asks one operation."""

    def __init__(self, number: str, aws: Aws) -> None:
        self.number = number
        self._aws = aws
        self._credentials: Credentials | None = None
        self._assuming = asyncio.Lock()

    async def call(self, service: str, operation: str, region: str = REGION, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401
        """The answer of one AWS operation, named and spelt as boto3 does; botocore's ClientError where AWS declines."""
        return await self._aws.ask(await self._keys(), service, region, operation, arguments)

    async def _keys(self) -> Credentials:
        async with self._assuming:
            if self._credentials is None:
                self._credentials = await self._aws.administrator_of(self.number)
            return self._credentials


def _moment(told: Any) -> datetime:  # noqa: ANN401  (text, or seconds since 1970)
    """A time of AWS's. botocore's own reading costs more than the rest of a long answer, and what AWS mostly sends needs none of it."""
    if isinstance(told, int | float):
        return datetime.fromtimestamp(told, UTC)
    if told[:4].isdigit() and told.endswith("Z"):
        return datetime.fromisoformat(told)
    read: datetime = parse_timestamp(told)
    return read
