"""Changes that are carried out, step by step, and what they saved."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from support.platform.database import Base
from support.platform.tables.columns import Array, CustomerId, Dollars, Id, Line, Moment, Object, Prose, Ref, Word


class Optimization(Base):
    """A change under way or ended. `snapshot` is the fleet before it; `resources` is what it made."""

    __tablename__ = "optimizations"

    id: Mapped[Id]
    customer_id: Mapped[CustomerId]
    recommendation_id: Mapped[Ref | None]
    resolution_id: Mapped[Ref | None]
    type: Mapped[Word]
    status: Mapped[Word]
    cause: Mapped[Prose | None]
    trigger: Mapped[Word]
    snapshot: Mapped[Object | None]
    plan: Mapped[Object]
    result: Mapped[Object | None]
    resources: Mapped[Array]
    created_at: Mapped[Moment]
    started_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]
    rolled_back_from: Mapped[Word | None]


class OptimizationStep(Base):
    """One step of an optimization, in its place."""

    __tablename__ = "optimization_steps"
    __table_args__ = (UniqueConstraint("optimization_id", "position"),)

    id: Mapped[Id]
    optimization_id: Mapped[str] = mapped_column(String(64), ForeignKey("optimizations.id"), index=True)
    position: Mapped[int]
    name: Mapped[Word]
    status: Mapped[Word]
    started_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]
    error: Mapped[Prose | None]
    outcome: Mapped[Object | None]


class ResourceLock(Base):
    """One change at a time on a resource."""

    __tablename__ = "resource_locks"

    customer_id: Mapped[str] = mapped_column(String(64), ForeignKey("customers.id"), primary_key=True)
    resource: Mapped[Line] = mapped_column(primary_key=True)
    optimization_id: Mapped[Ref]


class Saving(Base):
    """What an optimization saves, in USD a month."""

    __tablename__ = "savings"

    id: Mapped[Id]
    customer_id: Mapped[CustomerId]
    optimization_id: Mapped[str] = mapped_column(String(64), unique=True)
    predicted: Mapped[Dollars]
    booked: Mapped[Dollars]
    booked_at: Mapped[Moment]
