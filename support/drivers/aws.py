"""A customer's AWS account as its administrator sees it: real boto3 over a real socket.

Making a boto3 client costs more than most calls, so each service has one client for a worker, and every request is signed with the keys
of the account on whose behalf it is made.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

import boto3
import botocore.session
from botocore import handlers
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ConnectionError as NoConnection
from botocore.exceptions import HTTPClientError
from botocore.utils import parse_timestamp

from support.drivers.lost import TargetLost

REGION = "us-east-1"
ADMINISTRATOR = "OrganizationAccountAccessRole"
THREADS = 6

Answer = TypeVar("Answer")

_OF_NO_USE: tuple[tuple[str, Callable[..., None]], ...] = (
    ("request-created", handlers.add_retry_headers),  # tells AWS of botocore's own repetitions: it makes none here
    ("before-call", handlers.add_recursion_detection_header),  # for callers that run as a Lambda function
    ("before-call", handlers.inject_api_version_header_if_needed),  # for services whose addresses are asked for first: not these
)
"""What botocore would do at each call for nothing."""

_CONFIG = Config(
    retries={"max_attempts": 0},
    max_pool_connections=THREADS,
    connect_timeout=5,
    read_timeout=30,
    parameter_validation=False,
    user_agent="acceptance-suite",
)


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


class Aws:
    """The organisation's access to its accounts, by assuming the administrator's role in each. One for a worker."""

    def __init__(self, access: AwsAccess) -> None:
        self._access = access
        self._botocore = botocore.session.Session()
        for event, handler in _OF_NO_USE:
            self._botocore.unregister(event, handler)
        self._botocore.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)
        self._threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="aws")
        self._clients: dict[tuple[str, str], Any] = {}
        self._accounts: dict[str, AwsAccount] = {}
        self._making = threading.Lock()
        self._asking = threading.local()

    def account(self, number: str) -> AwsAccount:
        """The account of that number; nothing is asked of AWS before its first use, and its keys are asked for once."""
        return self._accounts.setdefault(number, AwsAccount(number, self))

    def close(self) -> None:
        """Ends the threads in which AWS is asked."""
        self._threads.shutdown(wait=True)

    async def in_thread(self, work: Callable[[], Answer]) -> Answer:
        """Runs blocking work beside the loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def administrator_of(self, number: str) -> Credentials:
        """Temporary keys of the administrator of that account."""
        arguments = {"RoleArn": f"arn:aws:iam::{number}:role/{ADMINISTRATOR}", "RoleSessionName": "acceptance-suite"}
        keys = self.ask(self._access.credentials, "sts", REGION, "assume_role", arguments)["Credentials"]
        return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])

    def ask(self, credentials: Credentials, service: str, region: str, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The answer of one operation, asked with those keys; ClientError where AWS declines, TargetLost where it is silent."""
        client = self._client(service, region)
        self._asking.credentials = credentials
        try:
            answer: dict[str, Any] = getattr(client, operation)(**arguments)
        except (NoConnection, HTTPClientError) as error:
            raise TargetLost(f"AWS did not answer {service}:{operation} ({type(error).__name__})") from error
        return answer

    def _client(self, service: str, region: str) -> Any:  # noqa: ANN401  (boto3 makes its clients at run time)
        key = (service, region)
        with self._making:
            if key not in self._clients:
                keys = {"aws_access_key_id": self._access.key_id, "aws_secret_access_key": self._access.secret}
                session = boto3.Session(botocore_session=self._botocore, region_name=region)
                client: Any = session.client(service, endpoint_url=self._access.endpoint, config=_CONFIG, **keys)  # type: ignore[call-overload]
                client.meta.events.register("before-sign", self._sign_for_account)
                self._clients[key] = client
        return self._clients[key]

    def _sign_for_account(self, request: AWSRequest, **_told: object) -> None:
        request.context.setdefault("signing", {})["request_credentials"] = self._asking.credentials


class Ask(Protocol):
    """Asks one operation of an account's AWS, and waits for the answer; botocore's ClientError where AWS declines."""

    def __call__(self, service: str, operation: str, region: str = REGION, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401
        """The answer."""


class AwsAccount:
    """One account, asked in a thread: by `call` for one operation, by `work` for several that belong together."""

    def __init__(self, number: str, aws: Aws) -> None:
        self.number = number
        self._aws = aws
        self._credentials: Credentials | None = None
        self._assuming = threading.Lock()

    async def call(self, service: str, operation: str, region: str = REGION, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401
        """The answer of one AWS operation; botocore's ClientError where AWS declines."""
        return await self.work(lambda ask: ask(service, operation, region, **arguments))

    async def work(self, job: Callable[[Ask], Answer]) -> Answer:
        """What the job makes of AWS's answers, in one thread from its first question to its last: to change threads for each costs more."""
        return await self._aws.in_thread(lambda: job(self._ask))

    def _ask(self, service: str, operation: str, region: str = REGION, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401
        return self._aws.ask(self._keys(), service, region, operation, arguments)

    def _keys(self) -> Credentials:
        with self._assuming:
            if self._credentials is None:
                self._credentials = self._aws.administrator_of(self.number)
            return self._credentials


def _moment(told: Any) -> datetime:  # noqa: ANN401  (text, or seconds since 1970)
    """A time of AWS's. botocore's own reading costs more than the rest of a long answer, and what AWS mostly sends needs none of it."""
    if isinstance(told, int | float):
        return datetime.fromtimestamp(told, UTC)
    if told[:4].isdigit() and told.endswith("Z"):
        return datetime.fromisoformat(told)
    read: datetime = parse_timestamp(told)
    return read
