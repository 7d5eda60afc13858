"""Conflicts between recommendations and their resolutions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from support import words
from support.drivers.api.answer import Record, Refused
from support.drivers.api.recommendations import DroppedRecommendation
from support.drivers.api.transport import Request, Transport


class Conflict(Record):
    kind: words.ConflictKind
    severity: words.Severity
    recommendation_ids: tuple[str, ...]
    resource: str | None = None
    description: str


class Share(Record):
    recommendation_id: str
    percent: int
    resources: tuple[str, ...]


class Hybrid(Record):
    shares: tuple[Share, ...]
    estimated_savings: Decimal
    risk_level: words.RiskLevel


class Resolution(Record):
    id: str
    conflict_detected: bool
    conflicts: tuple[Conflict, ...]
    resolution_strategy: words.ResolutionStrategy | None = None
    chosen_recommendation: str | None = None
    dropped: tuple[DroppedRecommendation, ...]
    hybrid_solution: Hybrid | None = None
    execution_order: tuple[str, ...]
    reason: str | None = None


class ResolutionExecuted(Record):
    optimization_id: str | None
    optimization_ids: tuple[str, ...] = ()


class Conflicts:
    """The orchestrator as a judge."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def settle(self, customer_id: str, recommendation_ids: Sequence[str]) -> Resolution | Refused:
        """Asks the orchestrator to settle what there is between these recommendations; nothing is executed."""
        body = {"customer_id": customer_id, "recommendation_ids": list(recommendation_ids)}
        return await self._transport.ask(Resolution, Request("POST", "/orchestrator/resolve-conflict", body=body))

    async def get(self, resolution_id: str) -> Resolution:
        """A resolution as it is on record."""
        return await self._transport.get(Resolution, Request("GET", "/orchestrator/resolutions/{}", (resolution_id,)))

    async def execute(self, resolution_id: str) -> ResolutionExecuted | Refused:
        """Has a resolution carried out as it was decided."""
        return await self._transport.ask(
            ResolutionExecuted, Request("POST", "/orchestrator/execute-resolution", body={"resolution_id": resolution_id})
        )
