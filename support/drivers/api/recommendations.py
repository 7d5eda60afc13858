"""Recommendations and what is decided about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from support import words
from support.drivers.api.answer import Record, Refused
from support.drivers.api.transport import Request, Transport


class Baseline(Record):
    quality: Decimal
    samples: int


class Validation(Record):
    agent_type: words.AgentType
    verdict: Literal["approved", "rejected", "pending"]
    detail: str | None = None
    baseline: Baseline | None = None


class Precedent(Record):
    pattern_id: str
    similarity: Decimal
    outcome: str


class Recommendation(Record):
    id: str
    customer_id: str
    type: words.RecommendationType
    agent_type: words.AgentType
    title: str
    risk_level: words.RiskLevel
    estimated_savings: Decimal
    confidence: Decimal
    affected_resources: tuple[str, ...]
    dependencies: tuple[str, ...]
    validations: tuple[Validation, ...]
    precedent: Precedent | None = None
    details: Mapping[str, Any]
    created_at: datetime
    expires_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    rejection_reason: str | None = None
    version: int
    status: words.RecommendationStatus
    optimization_id: str | None = None

    def __str__(self) -> str:
        return f"{self.type} by the {self.agent_type} agent, {self.risk_level} risk, saving ${self.estimated_savings} a month, {self.status}"


class RecommendationList(Record):
    recommendations: tuple[Recommendation, ...]


class Decision(Record):
    status: Literal["approved", "rejected"]
    recommendation_id: str
    optimization_id: str | None = None


class PlannedOptimization(Record):
    recommendation_id: str
    optimization_id: str


class DroppedRecommendation(Record):
    recommendation_id: str
    in_favour_of: str


class OrderOfExecution(Record):
    order_of_execution: tuple[str, ...]
    optimizations: tuple[PlannedOptimization, ...]
    dropped: tuple[DroppedRecommendation, ...]


class Recommendations:
    """What the agents recommend."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def of(self, customer_id: str, status: words.RecommendationStatus | None = None) -> tuple[Recommendation, ...]:
        """The customer's recommendations, all or those of one status."""
        query = {} if status is None else {"status": status}
        request = Request("GET", "/customers/{}/recommendations", (customer_id,), query=query)
        return (await self._transport.get(RecommendationList, request)).recommendations

    async def get(self, recommendation_id: str) -> Recommendation:
        """One recommendation as it is now."""
        return await self._transport.get(Recommendation, Request("GET", "/recommendations/{}", (recommendation_id,)))

    async def submit(self, customer_id: str, recommendation: Mapping[str, Any]) -> Recommendation | Refused:
        """An agent puts a recommendation forward; what is wrong with it is part of the refusal."""
        return await self._transport.ask(Recommendation, Request("POST", "/customers/{}/recommendations", (customer_id,), recommendation))

    async def revise(self, recommendation_id: str, **changes: Any) -> Recommendation | Refused:  # noqa: ANN401  (any field that may be revised)
        """The agent that made it thinks otherwise by now; what is not named stays. `version` is the one that is revised."""
        return await self._transport.ask(Recommendation, Request("PATCH", "/recommendations/{}", (recommendation_id,), changes))

    async def approve(self, recommendation_id: str, version: int | None = None) -> Decision | Refused:
        """The customer says yes, to the given version where one is given."""
        body = {} if version is None else {"version": version}
        return await self._transport.ask(Decision, Request("POST", "/recommendations/{}/approve", (recommendation_id,), body))

    async def reject(self, recommendation_id: str, reason: str) -> Decision | Refused:
        """The customer says no, and why."""
        return await self._transport.ask(Decision, Request("POST", "/recommendations/{}/reject", (recommendation_id,), {"reason": reason}))

    async def approve_together(self, recommendation_ids: Sequence[str]) -> OrderOfExecution | Refused:
        """The customer says yes to several at once; the answer is the order in which they are carried out."""
        return await self._transport.ask(OrderOfExecution, Request("POST", "/recommendations/approve", body={"ids": list(recommendation_ids)}))
