"""What was seen of the customers' fleets."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from support.platform.database import Base
from support.platform.tables.columns import CustomerId, Dollars, Figure, Id, Line, Moment, Object, Prose, Ref, Word


class Instance(Base):
    """A machine of the customer, as last seen. `utilization` in percent, `monthly_cost` in USD for 730 hours."""

    __tablename__ = "instances"
    __table_args__ = (UniqueConstraint("customer_id", "instance_id"),)

    id: Mapped[Id]
    customer_id: Mapped[CustomerId]
    instance_id: Mapped[Word]
    instance_type: Mapped[Word]
    availability_zone: Mapped[Word]
    lifecycle: Mapped[Word]
    state: Mapped[Word]
    deployment: Mapped[Line | None]
    launched_at: Mapped[Moment]
    tags: Mapped[Object]
    monthly_cost: Mapped[Dollars]
    utilization: Mapped[Figure | None]
    seen_at: Mapped[Moment]


class Deployment(Base):
    """A model deployment: the instances of one tag, their load balancer and their engine settings."""

    __tablename__ = "deployments"
    __table_args__ = (UniqueConstraint("customer_id", "name"),)

    id: Mapped[Id]
    customer_id: Mapped[CustomerId]
    name: Mapped[Line]
    model: Mapped[Line | None]
    engine_args: Mapped[Object]
    load_balancer_arn: Mapped[Line | None]
    listener_arn: Mapped[Line | None]
    interruption_tolerant: Mapped[bool]
    traffic: Mapped[Object]
    seen_at: Mapped[Moment]


class Discovery(Base):
    """The last look at a customer's account."""

    __tablename__ = "discoveries"

    customer_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    status: Mapped[Word]
    started_at: Mapped[Moment]
    finished_at: Mapped[Moment | None]
    error: Mapped[Prose | None]


class MetricSample(Base):
    """One measurement; `samples` is how many observations it rests on."""

    __tablename__ = "metric_samples"

    id: Mapped[Id]
    customer_id: Mapped[CustomerId]
    metric_type: Mapped[Word]
    deployment: Mapped[Line | None]
    value: Mapped[Figure]
    unit: Mapped[Word]
    samples: Mapped[int] = mapped_column(default=0)
    taken_at: Mapped[Moment]
    optimization_id: Mapped[Ref | None]


class QualityBaseline(Base):
    """The share of known prompts that a deployment answered right before anything was changed."""

    __tablename__ = "quality_baselines"

    id: Mapped[Id]
    customer_id: Mapped[CustomerId]
    deployment: Mapped[Line]
    quality: Mapped[Figure]
    samples: Mapped[int]
    taken_at: Mapped[Moment]
