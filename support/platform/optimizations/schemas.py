"""A change as it is answered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from support.platform.optimizations.documents import Plan
from support.platform.optimizations.journal import nodes_of
from support.platform.tables import Optimization, OptimizationStep
from support.platform.values import Answer, Ask, Moment
from support.platform.vocabulary import OptimizationStatus, RecommendationType, StepStatus


class StepAnswer(Answer):
    """One step of a change."""

    name: str
    status: StepStatus
    started_at: Moment | None
    finished_at: Moment | None
    error: str | None


class OptimizationAnswer(Answer):
    """A change under way or ended. `resources` are the resources that it works on and the instances that it launched."""

    id: str
    customer_id: str
    recommendation_id: str | None
    recommendation_ids: list[str]
    resolution_id: str | None
    type: RecommendationType
    status: OptimizationStatus
    execution_steps: list[StepAnswer]
    result: dict[str, Any] | None
    cause: str | None
    trigger: str
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    resources: list[str]

    @classmethod
    def from_row(cls, session: Session, row: Optimization) -> OptimizationAnswer:
        """The record as it is answered."""
        plan = Plan.model_validate(row.plan)
        steps = session.scalars(select(OptimizationStep).where(OptimizationStep.optimization_id == row.id).order_by(OptimizationStep.position)).all()
        return cls.model_validate(
            {
                **{name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)},
                "recommendation_ids": [row.recommendation_id] if row.recommendation_id else [],
                "execution_steps": [StepAnswer.model_validate(step) for step in steps],
                "resources": [*plan.affected, *(node.instance_id for node in nodes_of(row))],
            }
        )


class OptimizationsAnswer(Answer):
    """A customer's changes, oldest first."""

    optimizations: list[OptimizationAnswer]


class StopAsk(Ask):
    """Why a change is to be taken back or cancelled."""

    reason: str | None = None


class StopAnswer(Answer):
    """What became of the wish."""

    status: OptimizationStatus
    optimization_id: str


class CloudEventAnswer(Answer):
    """The event was taken note of."""

    accepted: bool
