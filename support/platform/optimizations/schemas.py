"""An optimization as it is answered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from support.platform.tables import Optimization, OptimizationStep
from support.platform.values import Answer, Moment
from support.platform.vocabulary import OptimizationStatus, StepStatus


class StepAnswer(Answer):
    """One step, in its place."""

    name: str
    status: StepStatus
    started_at: Moment | None
    finished_at: Moment | None
    error: str | None


class OptimizationAnswer(Answer):
    """A change under way or ended."""

    id: str
    customer_id: str
    recommendation_id: str | None
    recommendation_ids: list[str]
    type: str
    status: OptimizationStatus
    execution_steps: list[StepAnswer]
    result: dict[str, Any] | None
    cause: str | None
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    resources: list[Any]

    @classmethod
    def from_row(cls, session: Session, row: Optimization) -> OptimizationAnswer:
        """The record with its steps as they are answered."""
        steps = session.scalars(select(OptimizationStep).where(OptimizationStep.optimization_id == row.id).order_by(OptimizationStep.position)).all()
        plain = {name: getattr(row, name) for name in cls.model_fields if name not in {"execution_steps", "recommendation_ids"}}
        ids = row.plan.get("recommendation_ids") or ([row.recommendation_id] if row.recommendation_id else [])
        return cls.model_validate({**plain, "recommendation_ids": ids, "execution_steps": [StepAnswer.model_validate(step) for step in steps]})
