"""Analyses, recommendations, the settlement of their conflicts and what was learnt."""

from __future__ import annotations

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from support.platform.database import Base
from support.platform.tables.columns import Array, CustomerId, Dollars, Figure, Id, Line, Moment, Names, Object, Prose, Ref, Word


class Analysis(Base):
    """One look of one agent at one fleet."""

    __tablename__ = "analyses"

    id: Mapped[Id]
    customer_id: Mapped[CustomerId]
    agent_type: Mapped[Word]
    trigger: Mapped[Word]
    status: Mapped[Word]
    started_at: Mapped[Moment]
    finished_at: Mapped[Moment | None]
    findings: Mapped[int] = mapped_column(default=0)
    error: Mapped[Prose | None]


class Recommendation(Base):
    """A proposed change. `estimated_savings` in USD a month; `fingerprint` is equal for proposals of the same thing."""

    __tablename__ = "recommendations"

    id: Mapped[Id]
    customer_id: Mapped[CustomerId]
    type: Mapped[Word]
    agent_type: Mapped[Word]
    agent_id: Mapped[Ref | None]
    title: Mapped[Line]
    risk_level: Mapped[Word]
    estimated_savings: Mapped[Dollars]
    confidence: Mapped[Figure]
    affected_resources: Mapped[Names]
    dependencies: Mapped[Names]
    validations: Mapped[Array]
    details: Mapped[Object]
    precedent: Mapped[Object | None]
    fingerprint: Mapped[Ref]
    status: Mapped[Word]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment | None]
    decided_at: Mapped[Moment | None]
    decided_by: Mapped[Word | None]
    rejection_reason: Mapped[Prose | None]
    optimization_id: Mapped[Ref | None]


class Resolution(Base):
    """How a conflict was settled, and on which versions of the recommendations."""

    __tablename__ = "resolutions"

    id: Mapped[Id]
    customer_id: Mapped[CustomerId]
    recommendation_ids: Mapped[Names]
    recommendation_versions: Mapped[Object]
    conflicts: Mapped[Array]
    strategy: Mapped[Word | None]
    chosen: Mapped[Word | None]
    dropped: Mapped[Array]
    hybrid: Mapped[Object | None]
    execution_order: Mapped[Names]
    reason: Mapped[Prose]
    created_at: Mapped[Moment]
    executed_at: Mapped[Moment | None]
    optimization_ids: Mapped[Names]


class Pattern(Base):
    """An outcome to learn from: what the fleet was like, what was promised and what came. Its vector stands in the vector store, by its id."""

    __tablename__ = "patterns"

    id: Mapped[Id]
    customer_id: Mapped[CustomerId]
    type: Mapped[Word]
    features: Mapped[Object]
    outcome: Mapped[Word]
    predicted: Mapped[Dollars]
    realized: Mapped[Dollars]
    created_at: Mapped[Moment]
    optimization_id: Mapped[Ref | None]


class Vector(Base):
    """A vector of the embedded store: its components as packed doubles."""

    __tablename__ = "vectors"

    key: Mapped[Id]
    collection: Mapped[str] = mapped_column(String(160), index=True)
    components: Mapped[bytes] = mapped_column(LargeBinary)


class Feedback(Base):
    """Why a recommendation was rejected, kept for the agent that made it."""

    __tablename__ = "feedback"

    id: Mapped[Id]
    customer_id: Mapped[CustomerId]
    recommendation_id: Mapped[Ref]
    agent_type: Mapped[Word]
    reason: Mapped[Prose]
    created_at: Mapped[Moment]
