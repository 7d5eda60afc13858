"""Conflicts and resolutions as they are asked for and answered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from support.platform.recommendations.schemas import DroppedAnswer
from support.platform.tables import Resolution
from support.platform.values import Answer, Ask, Money
from support.platform.vocabulary import ConflictKind, ResolutionStrategy, Risk, Severity


class ResolveConflict(Ask):
    """Which recommendations to settle."""

    customer_id: str
    recommendation_ids: Annotated[list[str], Field(min_length=1, max_length=100)]


class ExecuteResolution(Ask):
    """Which resolution to carry out."""

    resolution_id: str


class ConflictAnswer(Answer):
    """A contradiction between two recommendations, or a circle of any number."""

    kind: ConflictKind
    severity: Severity
    recommendation_ids: list[str]
    resource: str | None
    description: str


class ShareAnswer(Answer):
    """The part of the fleet that one recommendation gets; the percentages add up to 100."""

    recommendation_id: str
    percent: int
    resources: list[str]


class HybridAnswer(Answer):
    """A split that serves both sides, with the saving (US dollars a month) and the risk of the split."""

    shares: list[ShareAnswer]
    estimated_savings: Money
    risk_level: Risk


class ResolutionAnswer(Answer):
    """What was decided, and why."""

    id: str
    conflict_detected: bool
    conflicts: list[ConflictAnswer]
    resolution_strategy: ResolutionStrategy | None
    chosen_recommendation: str | None
    dropped: list[DroppedAnswer]
    hybrid_solution: HybridAnswer | None
    execution_order: list[str]
    reason: str

    @classmethod
    def from_row(cls, row: Resolution) -> ResolutionAnswer:
        """The record as it is answered."""
        return cls.model_validate(
            {
                "id": row.id,
                "conflict_detected": bool(row.conflicts),
                "conflicts": row.conflicts,
                "resolution_strategy": row.strategy,
                "chosen_recommendation": row.chosen,
                "dropped": row.dropped,
                "hybrid_solution": row.hybrid,
                "execution_order": row.execution_order,
                "reason": row.reason,
            }
        )


class Executed(Answer):
    """What carries the resolution out: the first optimization, and all of them in the order of execution."""

    optimization_id: str
    optimization_ids: list[str]
