"""Faults of the simulated AWS: what a scenario makes fail for OptiInfra, and how often. The account's administrator is spared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from support.world.aws.errors import Declined

Kind = Literal["throttle", "insufficient_capacity", "access_denied", "latency", "lost_response", "unavailable"]


@dataclass
class Fault:
    """A fault of one action (`*`: of all actions of the service): after `after` calls it strikes `times` times, or for ever."""

    service: str
    action: str
    kind: Kind
    times: int | None = None
    after: int = 0

    def strikes(self, service: str, action: str) -> bool:
        """Whether this call is struck; counts the call."""
        if self.service not in (service, "*") or self.action not in (action, "*"):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0


_DECLINED = {
    "throttle": Declined("Throttling", "Rate exceeded", 400),
    "access_denied": Declined("AccessDenied", "The caller is not authorized to perform this operation.", 403),
    "unavailable": Declined("ServiceUnavailable", "The service is unavailable. Please try again shortly.", 503),
    "latency": Declined("RequestTimeout", "The request was not processed in time.", 504),
    "lost_response": Declined("ServiceUnavailable", "The service is unavailable. Please try again shortly.", 503),
    "insufficient_capacity": Declined(
        "InsufficientInstanceCapacity", "We currently do not have sufficient capacity in the Availability Zone you requested.", 500
    ),
}
_OF_EC2 = {
    "throttle": Declined("RequestLimitExceeded", "Request limit exceeded.", 503),
    "access_denied": Declined("UnauthorizedOperation", "You are not authorized to perform this operation.", 403),
    "unavailable": Declined("Unavailable", "The service is unavailable. Please try again shortly.", 503),
    "lost_response": Declined("Unavailable", "The service is unavailable. Please try again shortly.", 503),
}


@dataclass
class Faults:
    """The faults of one account, in the order in which they were declared; the first that strikes counts."""

    _faults: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Declares a fault."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Mends all."""
        self._faults.clear()

    def striking(self, service: str, action: str) -> Fault | None:
        """The fault that strikes this call, if any; counts the call for every fault that it could have struck."""
        struck = [fault for fault in self._faults if fault.strikes(service, action)]
        return struck[0] if struck else None


def declined(fault: Fault, service: str) -> Declined:
    """How the service words the fault."""
    of_service = _OF_EC2 if service == "ec2" else {}
    return of_service.get(fault.kind) or _DECLINED[fault.kind]
