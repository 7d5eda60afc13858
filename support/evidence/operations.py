"""The operations of OptiInfra's contract, and which of them the scenarios of a run had carried out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from support.evidence.records import ScenarioRecord

CONTRACT: tuple[str, ...] = (
    "GET /health",
    "POST /auth/signup",
    "POST /auth/login",
    "POST /auth/refresh",
    "POST /auth/logout",
    "GET /customers",
    "POST /customers",
    "GET /customers/{}",
    "PATCH /customers/{}",
    "DELETE /customers/{}",
    "POST /customers/{}/onboard",
    "GET /customers/{}/agent-install-command",
    "POST /agent-runtime/connect",
    "GET /customers/{}/infrastructure",
    "POST /customers/{}/analyze",
    "GET /customers/{}/recommendations",
    "GET /recommendations/{}",
    "POST /recommendations/{}/approve",
    "POST /recommendations/{}/reject",
    "POST /recommendations/approve",
    "GET /optimizations/{}",
    "POST /optimizations/{}/rollback",
    "POST /optimizations/{}/cancel",
    "GET /customers/{}/metrics",
    "GET /portal/customers/{}/dashboard",
    "GET /customers/{}/audit",
    "POST /orchestrator/agents/register",
    "POST /orchestrator/agents/{}/heartbeat",
    "POST /orchestrator/analyze",
    "POST /orchestrator/resolve-conflict",
    "POST /orchestrator/execute-resolution",
    "WebSocket /ws/customers/{}",
)
"""Every operation that a deployed OptiInfra must offer, parameters left open. A platform may offer more."""


def exercised_by(scenarios: Iterable[ScenarioRecord]) -> Mapping[str, tuple[str, ...]]:
    """For each operation of the contract the places of the passed scenarios that had it carried out, in their order."""
    passed = [scenario for scenario in scenarios if scenario.outcome == "passed"]
    return {operation: tuple(each.place for each in passed if operation in each.operations) for operation in CONTRACT}


def unexercised(scenarios: Iterable[ScenarioRecord]) -> tuple[str, ...]:
    """The operations of the contract that no passed scenario had carried out; none where no scenario has asked OptiInfra for anything."""
    asking = [scenario for scenario in scenarios if scenario.operations]
    return tuple(operation for operation, places in exercised_by(asking).items() if asking and not places)
