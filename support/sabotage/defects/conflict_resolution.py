"""Defects of conflict resolution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from support.sabotage.registry import defect, patch


@defect("REQ-CNF-003", "the customer's preference is not asked for")
def preference_ignored() -> None:
    patch("support.platform.orchestrator.ranking:criteria", lambda criteria: lambda _preference: criteria("none"))


@defect("REQ-CNF-004", "without a preference the largest saving wins")
def savings_always_first() -> None:
    patch("support.platform.orchestrator.ranking:criteria", lambda criteria: lambda _preference: criteria("savings"))


@defect("REQ-CNF-007", "the reason on record is always the same")
def reason_is_a_formula() -> None:
    def broken(_reason: Callable[..., str]) -> Callable[..., str]:
        return lambda *_arguments, **_more: "settled by policy"

    patch("support.platform.orchestrator.settlement:_reason", broken)


@defect("REQ-CNF-003", "who comes first in the question wins")
def first_come_first_served() -> None:
    def broken(_by_priority: Callable[..., Any]) -> Callable[..., Any]:
        return lambda proposals, _preference: sorted(proposals, key=lambda proposal: proposal.agent_type, reverse=True)

    patch("support.platform.orchestrator.ranking:by_priority", broken)
