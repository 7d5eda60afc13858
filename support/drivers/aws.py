"""A customer's AWS account as its administrator sees it: real boto3 over a real socket, clients made once for each account."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import boto3
import botocore.session
from botocore.config import Config

REGION = "us-east-1"
ADMINISTRATOR = "OrganizationAccountAccessRole"

Answer = TypeVar("Answer")

_CONFIG = Config(retries={"max_attempts": 0}, max_pool_connections=8, connect_timeout=5, read_timeout=30, parameter_validation=False)


@dataclass(frozen=True)
class AwsAccess:
    """Where AWS answers (None: where it always does) and the keys of the organisation that owns the customers' accounts."""

    endpoint: str | None
    key_id: str
    secret: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


class Aws:
    """The organisation's access to its accounts, by assuming the administrator's role in each. One for a worker."""

    def __init__(self, access: AwsAccess) -> None:
        self._access = access
        self._botocore = botocore.session.Session()
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="aws")
        self._lock = threading.Lock()
        self._root: dict[str, Any] = {}

    def account(self, number: str) -> AwsAccount:
        """The account of that number; nothing is asked of AWS before its first use."""
        return AwsAccount(number, self)

    def close(self) -> None:
        """Ends the threads in which AWS is asked."""
        self._threads.shutdown(wait=True)

    async def in_thread(self, work: Callable[[], Answer]) -> Answer:
        """Runs blocking work beside the loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def assumed(self, number: str) -> dict[str, str]:
        """Temporary keys of the administrator of that account."""
        if "sts" not in self._root:
            keys = {"AccessKeyId": self._access.key_id, "SecretAccessKey": self._access.secret, "SessionToken": self._access.session_token}
            self._root["sts"] = self.client("sts", REGION, keys)
        role = f"arn:aws:iam::{number}:role/{ADMINISTRATOR}"
        answer = self._root["sts"].assume_role(RoleArn=role, RoleSessionName="acceptance-suite")
        credentials: dict[str, str] = answer["Credentials"]
        return credentials

    def client(self, service: str, region: str, credentials: dict[str, Any]) -> Any:  # noqa: ANN401  (boto3 makes its clients at run time)
        """A client; making one is not safe in two threads at once, using one is."""
        with self._lock:
            session = boto3.Session(botocore_session=self._botocore, region_name=region)
            return session.client(
                service,  # type: ignore[call-overload]
                region_name=region,
                endpoint_url=self._access.endpoint,
                aws_access_key_id=credentials["AccessKeyId"],
                aws_secret_access_key=credentials["SecretAccessKey"],
                aws_session_token=credentials["SessionToken"],
                config=_CONFIG,
            )


class AwsAccount:
    """One account: `call` asks one operation, in a thread."""

    def __init__(self, number: str, aws: Aws) -> None:
        self.number = number
        self._aws = aws
        self._clients: dict[tuple[str, str], Any] = {}
        self._credentials: dict[str, str] | None = None

    async def call(self, service: str, operation: str, region: str = REGION, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401
        """The answer of one AWS operation; botocore's ClientError where AWS declines."""
        return await self._aws.in_thread(lambda: self._asked(service, operation, region, arguments))

    def _asked(self, service: str, operation: str, region: str, arguments: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self._client(service, region), operation)(**arguments)
        return answer

    def _client(self, service: str, region: str) -> Any:  # noqa: ANN401
        if self._credentials is None:
            self._credentials = self._aws.assumed(self.number)
        key = (service, region)
        if key not in self._clients:
            self._clients[key] = self._aws.client(service, region, self._credentials)
        return self._clients[key]
