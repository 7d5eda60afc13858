"""A change as it is answered."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, select

from support.platform.tables import Optimization, OptimizationStep
from support.platform.values import Answer, Ask, Moment
from support.platform.vocabulary import OptimizationStatus, RecommendationType, StepStatus

_steps = cast("Table", OptimizationStep.__table__)
_STEPS = (
    select(_steps.c.name, _steps.c.status, _steps.c.started_at, _steps.c.finished_at, _steps.c.error)
    .where(_steps.c.optimization_id == bindparam("change"))
    .order_by(_steps.c.position)
)


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
    def from_row(cls, connection: Connection, row: Optimization) -> OptimizationAnswer:
        """The record as it is answered."""
        steps = connection.execute(_STEPS, {"change": row.id})
        return cls.model_validate(
            {
                **{name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)},
                "recommendation_ids": [row.recommendation_id] if row.recommendation_id else [],
                "execution_steps": [StepAnswer.model_validate(step) for step in steps],
                "resources": [*row.plan["affected"], *(node["instance_id"] for node in row.resources)],
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
