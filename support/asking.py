"""Asking a platform for everything that it publishes: one sound request for each of its operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from support.belongings import Belongings
from support.drivers.api.answer import Nothing, Refused
from support.drivers.api.contract import PublishedContract
from support.drivers.api.platform import Platform
from support.drivers.api.transport import Request

OPEN = frozenset({"GET /health", "POST /auth/signup", "POST /auth/login", "POST /auth/refresh", "POST /agent-runtime/connect"})
"""The operations that need no token of a session; the last takes an agent's own token as part of what is asked."""

FOR_AGENTS = frozenset(
    {
        "POST /customers/{}/recommendations",
        "PATCH /recommendations/{}",
        "POST /orchestrator/agents/register",
        "POST /orchestrator/agents/{}/heartbeat",
        "POST /orchestrator/agents/{}/leave",
        "GET /orchestrator/agents/{}/tasks",
        "POST /orchestrator/tasks/{}/result",
        "POST /cloud-events/{}",
    }
)
"""The operations that only an agent may ask for."""

LAST = ("DELETE /customers/{}", "POST /auth/logout")
"""What ends everything else is asked for at the end."""

_KINDS: Mapping[str, str] = {
    "customers": "customer",
    "cloud-events": "customer",
    "recommendations": "recommendation",
    "optimizations": "optimization",
    "resolutions": "resolution",
    "agents": "agent",
    "tasks": "task",
}
"""What the place after this word of a path names."""

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """A request and what came of it."""

    request: Request
    outcome: Nothing | Refused

    @property
    def refused(self) -> bool:
        """Whether the platform declined."""
        return isinstance(self.outcome, Refused)

    def __str__(self) -> str:
        return f"{self.request.operation}: {self.outcome if isinstance(self.outcome, Refused) else 'done'}"


def every_request(contract: PublishedContract, of: Belongings) -> tuple[Request, ...]:
    """A sound request for each operation that the platform publishes, about these belongings.

    Raises LookupError for an operation that takes a body of which the suite knows no example.
    """
    known = _bodies(of)
    requests = []
    for method, template in sorted(contract.operations, key=lambda operation: (f"{operation[0]} {operation[1]}" in LAST, operation[1], operation[0])):
        operation = f"{method} {template}"
        if contract.requires_body(method, template) and operation not in known:
            raise LookupError(f"the suite knows no example of what {operation} takes: add one to support/asking.py")
        requests.append(Request(method, template, _ids(template, of), known.get(operation), _QUERIES.get(operation, {})))
    return tuple(requests)


def protected_requests(contract: PublishedContract, of: Belongings) -> tuple[Request, ...]:
    """Those of them that need a token."""
    return tuple(request for request in every_request(contract, of) if request.operation not in OPEN)


def requests_about(contract: PublishedContract, one: Belongings, other: Belongings) -> tuple[tuple[Request, Request], ...]:
    """Each request that names a belonging, once about the one and once about the other."""
    pairs = zip(every_request(contract, one), every_request(contract, other), strict=True)
    return tuple((mine, theirs) for mine, theirs in pairs if mine != theirs)


async def ask_all(platform: Platform, requests: Iterable[Request]) -> tuple[Asked, ...]:
    """What comes of each request, one after the other."""
    return tuple([Asked(request, await platform.ask(request)) for request in requests])


def _ids(template: str, of: Belongings) -> tuple[str, ...]:
    parts = template.split("/")
    return tuple(of.ids[_KINDS[word]] for word, place in pairwise(parts) if place == "{}")


_QUERIES: Mapping[str, Mapping[str, str]] = {
    "GET /customers/{}/metrics": {"metric_type": "cost", "start_time": "2026-03-02T00:00:00+00:00", "end_time": "2026-03-03T00:00:00+00:00"},
}

_PASSWORD = "a-sound-password-of-2026"  # noqa: S105 - nobody's


def _bodies(of: Belongings) -> Mapping[str, Body]:
    return {operation: body(of.ids) for operation, body in _BODIES.items()}


_BODIES: Mapping[str, Callable[[Mapping[str, str]], Body]] = {
    "POST /auth/signup": lambda _: {"email": "ada@example.com", "company_name": "Lovelace", "password": _PASSWORD, "plan": "pro"},
    "POST /auth/login": lambda _: {"username": "ada@example.com", "password": _PASSWORD},
    "POST /auth/refresh": lambda _: {"refresh_token": "ses_none.of-anybody"},
    "POST /users": lambda _: {"email": "grace@example.com", "password": _PASSWORD, "role": "support"},
    "POST /customers": lambda _: {"company_name": "Lovelace", "plan": "pro"},
    "PATCH /customers/{}": lambda _: {"company_name": "Lovelace", "settings": {"preference": "quality"}},
    "POST /customers/{}/users": lambda _: {"email": "grace@example.com", "password": _PASSWORD, "role": "viewer"},
    "POST /customers/{}/onboard": lambda _: {
        "cloud_provider": "aws",
        "region": "us-east-1",
        "iam_role_arn": "arn:aws:iam::123456789012:role/OptiInfraAccess",
    },
    "POST /agent-runtime/connect": lambda ids: {
        "customer_id": ids["customer"],
        "agent_token": "oia_none-of-anybody",
        "hostname": "gpu-1",
        "version": "1.0.0",
    },
    "POST /customers/{}/analyze": lambda _: {"agent_type": "cost"},
    "POST /customers/{}/recommendations": lambda _: {
        "type": "idle_termination",
        "title": "End what is idle",
        "risk_level": "medium",
        "estimated_savings": "100.00",
        "confidence": "0.80",
        "affected_resources": ["i-0123456789abcdef0"],
    },
    "PATCH /recommendations/{}": lambda _: {"title": "End what has been idle"},
    "POST /recommendations/{}/approve": lambda _: {"reason": "it is idle"},
    "POST /recommendations/{}/reject": lambda _: {"reason": "it is needed at night"},
    "POST /recommendations/approve": lambda ids: {"ids": [ids["recommendation"]]},
    "POST /optimizations/{}/rollback": lambda _: {"reason": "the users complain"},
    "POST /optimizations/{}/cancel": lambda _: {"reason": "not today"},
    "POST /orchestrator/agents/register": lambda _: {"agent_type": "cost", "version": "1.0.0", "capabilities": ["prices"], "hostname": "gpu-9"},
    "POST /orchestrator/agents/{}/heartbeat": lambda _: {"status": "active", "current_tasks": 0, "load": "0.10"},
    "POST /orchestrator/analyze": lambda ids: {"customer_id": ids["customer"], "analysis_type": "latency"},
    "POST /orchestrator/tasks/{}/result": lambda _: {"status": "failed", "error": "the model server is gone"},
    "POST /orchestrator/resolve-conflict": lambda ids: {"customer_id": ids["customer"], "recommendation_ids": [ids["recommendation"]]},
    "POST /orchestrator/execute-resolution": lambda ids: {"resolution_id": ids["resolution"]},
    "POST /cloud-events/{}": lambda _: {"source": "aws.ec2", "detail-type": "EC2 Spot Instance Interruption Warning", "detail": {}},
}
"""What each operation that takes a body is sent."""
