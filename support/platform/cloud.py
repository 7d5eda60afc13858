"""The customers' AWS accounts, reached by the role that each customer gave us and by nothing else."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import urlencode

from support.platform.clock import Clock
from support.platform.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.client import BaseClient
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.loaders import Loader
    from botocore.session import Session as BotoSession
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_pricing import PricingClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient

    from support.platform.cloud_credentials import RoleCredentials

CONNECTIONS = 64
"""At the same time, to each service of a region, for all customers."""

PAUSES_SECONDS = (1, 2, 4, 8, 16, 30)
"""By the platform's clock, between attempts at a call that AWS throttled or did not answer."""

PASSING = frozenset(
    {
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "ThrottledException",
        "InternalError",
        "InternalFailure",
        "ServiceUnavailable",
        "Unavailable",
        "RequestTimeout",
    }
)
"""AWS's codes for "not now": throttled, or answered 5xx."""
NO_CAPACITY = frozenset(
    {
        "InsufficientInstanceCapacity",
        "InsufficientHostCapacity",
        "InsufficientCapacity",
        "UnfulfillableCapacity",
        "SpotMaxPriceTooLow",
        "MaxSpotInstanceCountExceeded",
        "InstanceLimitExceeded",
        "VcpuLimitExceeded",
    }
)
"""AWS's codes for "not here, not now". Answered 5xx, yet nothing is gained by asking the same again: another pool may still do."""

SERVICES = ("ec2", "elbv2", "cloudwatch", "ssm", "resourcegroupstaggingapi")
"""What is asked in a customer's account and region."""

RENEW_BEFORE = timedelta(minutes=5)
SESSION_NAME = "optiinfra"
AGENT = "optiinfra"
"""What AWS is told of who asks. botocore's own text is worked out anew for each request, twice."""


class AccountUnreachable(Exception):
    """The customer's role cannot be assumed. The message names the role and what the customer can do."""


class HasAccount(Protocol):
    """What is needed of a customer to reach its account."""

    id: str
    external_id: str
    iam_role_arn: str | None
    region: str | None


def load() -> None:
    """Does the heavy imports, and reads the descriptions of services that clients are made from."""
    import botocore.session

    for service in ("sts", *SERVICES):
        for kind in ("service-2", "endpoint-rule-set-1", "paginators-1"):
            _descriptions().load_service_model(service, kind)
        for operation in _descriptions().load_service_model(service, "service-2")["operations"]:
            botocore.xform_name(operation)  # what the client calls it, which botocore keeps
    for name in ("sdk-default-configuration", "partitions"):
        _descriptions().load_data(name)
    _descriptions().load_data_with_path("endpoints")


@cache
def _descriptions() -> Loader:
    """What botocore reads of its descriptions is kept for the life of the process."""
    from botocore.loaders import create_loader

    return create_loader()


def _of_no_use() -> tuple[tuple[str, Callable[..., None]], ...]:
    """What botocore would do at each call for nothing."""
    from botocore import handlers

    return (
        ("request-created", handlers.add_retry_headers),  # tells AWS of botocore's own repetitions: it makes none here
        ("before-call", handlers.add_recursion_detection_header),  # for callers that run as a Lambda function
        ("before-call", handlers.inject_api_version_header_if_needed),  # for services whose addresses are asked for first: not these
    )


@dataclass(frozen=True)
class _Key:
    role_arn: str
    external_id: str
    region: str


def account_of(role_arn: str) -> str:
    """The account number in a role's ARN; the ARN's shape was checked when it was accepted."""
    return role_arn.split(":")[4]


def error_code(error: ClientError) -> str:
    """AWS's code, such as `InsufficientInstanceCapacity`."""
    return str(error.response.get("Error", {}).get("Code", ""))


class AwsAccount:
    """Clients for one customer's account and region, shared by threads, with credentials that renew themselves.

    A call that is throttled, or answered 5xx, is repeated after `PAUSES_SECONDS`; then botocore's `ClientError` or `BotoCoreError` is the
    caller's. Any call may raise `AccountUnreachable` when the role is no longer ours to assume.
    """

    def __init__(self, cloud: Cloud, key: _Key) -> None:
        self.account_id = account_of(key.role_arn)
        self.region = key.region
        self._cloud = cloud
        self._key = key
        self._lock = threading.RLock()
        self._clients: dict[tuple[str, str], BaseClient] = {}
        self._credentials: RoleCredentials | None = None

    def client(self, service: str, region: str | None = None) -> BaseClient:
        """The client of that service, in the customer's region unless another is named."""
        wanted = (service, region or self.region)
        with self._lock:
            if wanted not in self._clients:
                self._clients[wanted] = _on_behalf_of(self._role(), self._cloud.shared(*wanted))
            return self._clients[wanted]

    def renew(self) -> None:
        """Assumes the role now, whatever is left of the time before; raises `AccountUnreachable`."""
        self._role().take(self._cloud.assume(self._key, patient=True))

    def _role(self) -> RoleCredentials:
        with self._lock:
            if self._credentials is None:
                self._credentials = self._cloud.credentials_of(self._key)
            return self._credentials

    @property
    def ec2(self) -> EC2Client:
        """EC2 in the customer's region."""
        return cast("EC2Client", self.client("ec2"))

    @property
    def elbv2(self) -> ElasticLoadBalancingv2Client:
        """Load balancers in the customer's region."""
        return cast("ElasticLoadBalancingv2Client", self.client("elbv2"))

    @property
    def cloudwatch(self) -> CloudWatchClient:
        """Metrics in the customer's region."""
        return cast("CloudWatchClient", self.client("cloudwatch"))

    @property
    def ssm(self) -> SSMClient:
        """Parameters in the customer's region."""
        return cast("SSMClient", self.client("ssm"))

    @property
    def tagging(self) -> BaseClient:
        """What has which tags, in the customer's region."""
        return self.client("resourcegroupstaggingapi")

    @property
    def pricing(self) -> PricingClient:
        """The price list, which AWS serves in us-east-1."""
        return cast("PricingClient", self.client("pricing", "us-east-1"))


class Cloud:
    """Gives the account of a customer. Heavy imports happen at the first use, not at start."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.RLock()
        self._accounts: dict[_Key, AwsAccount] = {}
        self._base: BotoSession | None = None
        self._sts: dict[bool, STSClient] = {}
        self._shared: dict[tuple[str, str], BaseClient] = {}

    def for_customer(self, customer: HasAccount) -> AwsAccount:
        """The customer's account. Raises `AccountUnreachable` when the customer has named no role."""
        if not customer.iam_role_arn:
            raise AccountUnreachable("No role was named: onboard with the ARN of a role that OptiInfra may assume.")
        key = _Key(customer.iam_role_arn, customer.external_id, customer.region or self._settings.aws_region)
        with self._lock:
            return self._accounts.setdefault(key, AwsAccount(self, key))

    def check(self, customer: HasAccount) -> str:
        """Assumes the role now and answers the account number; raises `AccountUnreachable` with the remedy."""
        account = self.for_customer(customer)
        account.renew()
        return account.account_id

    def forget(self, customer: HasAccount) -> None:
        """Drops the customer's clients and credentials."""
        with self._lock:
            for key in [key for key in self._accounts if (key.role_arn, key.external_id) == (customer.iam_role_arn, customer.external_id)]:
                del self._accounts[key]

    def ping(self) -> None:
        """Asks AWS who we are, once and without repetition; raises botocore's errors."""
        self._own_sts().get_caller_identity()

    def warm(self) -> None:
        """Does the heavy imports and makes the clients, so that the first customer need not wait for it."""
        self._own_sts()
        for service in SERVICES:
            self.shared(service, self._settings.aws_region)

    def _base_session(self) -> BotoSession:
        import botocore.session

        with self._lock:
            if self._base is None:
                self._base = botocore.session.Session()
                self._base.register_component("data_loader", _descriptions())
                for event, handler in _of_no_use():
                    self._base.unregister(event, handler)
                self._base.register("before-call", _write_form)
                self._base.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)
            return self._base

    def _own_sts(self, *, patient: bool = False) -> STSClient:
        with self._lock:
            if patient not in self._sts:
                made = self.client("sts", self._settings.aws_region, patient=patient)
                self._sts[patient] = cast("STSClient", made)
            return self._sts[patient]

    def credentials_of(self, key: _Key) -> RoleCredentials:
        """The role's credentials; the role is assumed when they are first needed."""
        from support.platform.cloud_credentials import RoleCredentials

        return RoleCredentials(lambda: self.assume(key), self._clock.now)

    def shared(self, service: str, region: str) -> BaseClient:
        """The client that all accounts share, since making one costs more than most calls; it signs for whoever is acting."""
        with self._lock:
            if (service, region) not in self._shared:
                made = self.client(service, region)
                made.meta.events.register("before-sign", _sign_for_whoever_is_acting)
                self._shared[service, region] = made
            return self._shared[service, region]

    def client(self, service: str, region: str, *, patient: bool = True) -> BaseClient:
        """A client whose repetitions wait on the platform's clock; without patience it does not repeat."""
        from botocore.config import Config

        config = Config(
            connect_timeout=2,
            read_timeout=10,
            max_pool_connections=CONNECTIONS,
            retries={"total_max_attempts": 1, "mode": "standard"},
            user_agent=AGENT,
            parameter_validation=False,  # mypy has checked names and types, AWS checks the rest
        )
        endpoint = self._settings.aws_endpoint_url
        made: BaseClient = self._base_session().create_client(service, region_name=region, endpoint_url=endpoint, config=config)
        made._ruleset_resolver = None  # type: ignore[attr-defined,unused-ignore]  # noqa: SLF001  the same address whatever is asked
        if patient:
            made.meta.events.register(f"needs-retry.{service}", cast("Callable[..., None]", self._pause_before_repeating))
        return made

    def _pause_before_repeating(self, attempts: int, response: Any, caught_exception: Exception | None, **_: Any) -> float | None:  # noqa: ANN401
        """botocore's hook after each attempt: None ends the call, 0 repeats it at once. The waiting is done here, by our clock."""
        from botocore.exceptions import HTTPClientError

        if attempts > len(PAUSES_SECONDS):
            return None
        passing = isinstance(caught_exception, HTTPClientError)
        if response is not None:
            http, parsed = response
            code = parsed.get("Error", {}).get("Code")
            passing = code in PASSING or (http.status_code in {500, 502, 503, 504} and code not in NO_CAPACITY)
        if not passing:
            return None
        self._clock.sleep(PAUSES_SECONDS[attempts - 1])
        return 0

    def assume(self, key: _Key, *, patient: bool = False) -> tuple[str, str, str, datetime]:
        """Keys, token and the moment from which on they are to be renewed; raises `AccountUnreachable` with the remedy."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answered = self._own_sts(patient=patient).assume_role(
                RoleArn=key.role_arn, RoleSessionName=SESSION_NAME, ExternalId=key.external_id, DurationSeconds=3600
            )
        except ClientError as error:
            raise AccountUnreachable(
                f"The role {key.role_arn} cannot be assumed ({error_code(error)}). Create it with a trust policy that names OptiInfra's principal "
                f"and the external id {key.external_id}, then onboard again."
            ) from error
        except BotoCoreError as error:
            raise AccountUnreachable(
                f"AWS did not answer while the role {key.role_arn} was being assumed ({_name(error)}). Onboard again later."
            ) from error
        found = answered["Credentials"]
        lasts = timedelta(seconds=3600)
        return found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"], self._clock.now().astimezone(UTC) + lasts - RENEW_BEFORE


_acting: ContextVar[RoleCredentials] = ContextVar("_acting")


def _on_behalf_of(credentials: RoleCredentials, shared: BaseClient) -> BaseClient:
    """The shared client, each of whose calls is signed with these credentials: also those of its paginators."""
    client = object.__new__(type(shared))
    client.__dict__.update(shared.__dict__)

    def call(operation: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401  what AWS answers
        acting = _acting.set(credentials)
        try:
            return shared._make_api_call(operation, arguments)  # type: ignore[attr-defined,unused-ignore]  # noqa: SLF001  where every call passes
        finally:
            _acting.reset(acting)

    client._make_api_call = call  # type: ignore[attr-defined,unused-ignore]
    client.get_paginator = cache(client.get_paginator)  # type: ignore[method-assign,unused-ignore]  # botocore makes a class for each
    return client


def _sign_for_whoever_is_acting(request: Any, **_: object) -> None:  # noqa: ANN401  botocore's own
    """botocore's hook before a request is signed. LookupError if nobody is acting: nothing is ever signed with the platform's own keys instead."""
    request.context.setdefault("signing", {})["request_credentials"] = _acting.get()


def _write_form(**told: Any) -> None:  # noqa: ANN401  botocore's own
    """botocore's hook before a request is made. Without it a form would be written each time that it is looked at: to sign it, and to send it."""
    request = told["params"]
    if isinstance(request["body"], dict):
        request["body"] = urlencode(request["body"]).encode()


def _moment(told: Any) -> datetime:  # noqa: ANN401  (text, or seconds since 1970)
    """A time of AWS's. botocore's own reading costs more than the rest of a long answer, and what AWS mostly sends needs none of it."""
    if isinstance(told, int | float):
        return datetime.fromtimestamp(told, UTC)
    if told[:4].isdigit() and told.endswith("Z"):
        return datetime.fromisoformat(told)
    from botocore.utils import parse_timestamp

    read: datetime = parse_timestamp(told)
    return read


def _name(error: BotoCoreError) -> str:
    return type(error).__name__
