"""A recommendation as it is answered."""

from __future__ import annotations

from typing import Any, Literal

from support.platform.tables import Recommendation
from support.platform.values import Answer, Moment, Money, Ratio
from support.platform.vocabulary import AgentType, RecommendationStatus, RecommendationType, Risk


class ValidationAnswer(Answer):
    """What another agent says of the recommendation."""

    agent_type: AgentType
    verdict: Literal["approved", "rejected", "pending"]
    detail: str
    baseline: Ratio | None = None


class PrecedentAnswer(Answer):
    """The most similar change of the past, and how it ended."""

    pattern_id: str
    similarity: Ratio
    outcome: str


class RecommendationAnswer(Answer):
    """A proposed change. `estimated_savings` in dollars a month."""

    id: str
    customer_id: str
    type: RecommendationType
    agent_type: AgentType
    title: str
    risk_level: Risk
    estimated_savings: Money
    confidence: Ratio
    affected_resources: list[str]
    dependencies: list[str]
    validations: list[ValidationAnswer]
    precedent: PrecedentAnswer | None
    details: dict[str, Any]
    created_at: Moment
    expires_at: Moment | None
    decided_at: Moment | None
    decided_by: str | None
    rejection_reason: str | None
    version: int
    status: RecommendationStatus
    optimization_id: str | None

    @classmethod
    def from_row(cls, row: Recommendation) -> RecommendationAnswer:
        """The record as it is answered."""
        return cls.model_validate(row)
