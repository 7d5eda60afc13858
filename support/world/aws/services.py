"""The services of the simulated AWS: moto's, and the world's own where moto has none or knows too little."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
from botocore.model import OperationNotFoundError
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse

from support.world.aws.asked import Asked, hand_over
from support.world.aws.errors import Declined
from support.world.world import World


@dataclass(frozen=True)
class Answer:
    """What AWS answers; `error_code` is None where the call was carried out. `account` where it is another than the caller's.

    The parameters are in JSON, as the history has them.
    """

    status: int
    headers: Mapping[str, Any]
    body: str | bytes
    error_code: str | None = None
    parameters: bytes = b"{}"
    account: str | None = None
    principal: str | None = None


class Service(Protocol):
    """One AWS service."""

    def answer(self, asked: Asked) -> Answer:
        """Carries a call out."""

    def decline(self, asked: Asked, error: Declined) -> Answer:
        """Answers a call with an error, in the service's own form, without carrying it out."""


class Refusal(ServiceException):
    """An error of the world's own rules inside one of moto's actions."""

    def __init__(self, declined: Declined) -> None:
        super().__init__(declined.code, declined.message)
        self.status = declined.status


class MotoService:
    """A service that moto answers, through a response class of moto's or of ours. Our rules raise `Declined`."""

    def __init__(self, make: Callable[[], BaseResponse]) -> None:
        self._make = make

    def answer(self, asked: Asked) -> Answer:
        """Carries a call out."""
        return self._answered(asked, None)

    def decline(self, asked: Asked, error: Declined) -> Answer:
        """The error in the protocol that the caller speaks."""
        return self._answered(asked, error)

    def _answered(self, asked: Asked, error: Declined | None) -> Answer:
        handler = self._make()
        try:
            hand_over(asked, handler)
        except OperationNotFoundError:
            return Answer(400, {}, f"{asked.action} is not an operation of this service", "InvalidAction")
        parameters = written(handler.params)
        if error is None:
            try:
                status, headers, body = handler.call_action()
            except Declined as declined:
                error = declined
            except NotImplementedError as unknown:
                error = Declined("NotImplemented", str(unknown), 501)
        if error is not None:
            _, headers, body = handler.serialized(ActionResult(Refusal(error)))
            return Answer(error.status, headers, body, error.code, parameters, getattr(handler, "of_account", None))
        code = _error_code(body) if int(status) >= 400 else None
        return Answer(int(status), headers, body, code, parameters, getattr(handler, "of_account", None), getattr(handler, "as_principal", None))


def written(parameters: Any, *, in_order: bool = False) -> bytes:  # noqa: ANN401  (moto's parsed parameters)
    """Parameters in JSON, named as in the AWS documentation; names in order, where two calls are to be compared."""
    found = orjson.dumps(parameters, _text, orjson.OPT_SORT_KEYS if in_order else 0)
    return bytes(memoryview(found))  # what orjson makes is a part of a larger piece of memory, and these are kept


def _text(value: Any) -> str:  # noqa: ANN401  (what JSON does not have)
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _error_code(body: str | bytes) -> str:
    text = body if isinstance(body, str) else body.decode("utf-8", "replace")
    for opening, closing in (("<Code>", "</Code>"), ('"__type": "', '"'), ('"__type":"', '"')):
        _, found, rest = text.partition(opening)
        if found:
            return rest.split(closing)[0].rsplit("#", 1)[-1]
    return "Unknown"


def services(world: World) -> dict[str, Service]:
    """Every service that this world has, by the name under which requests to it are signed."""
    from moto.iam.responses import IamResponse
    from moto.ssm.responses import SimpleSystemManagerResponse

    from support.world.aws.cloudwatch import CloudWatch
    from support.world.aws.ec2 import Ec2
    from support.world.aws.elbv2 import LoadBalancing
    from support.world.aws.pricing import Pricing
    from support.world.aws.sts import Sts
    from support.world.aws.tagging import Tagging

    return {
        "sts": MotoService(lambda: Sts(world)),
        "iam": MotoService(IamResponse),
        "ec2": MotoService(lambda: Ec2(world)),
        "elasticloadbalancing": MotoService(lambda: LoadBalancing(world)),
        "ssm": MotoService(SimpleSystemManagerResponse),
        "tagging": MotoService(lambda: Tagging(world)),
        "monitoring": MotoService(lambda: CloudWatch(world)),
        "pricing": Pricing(),
    }
