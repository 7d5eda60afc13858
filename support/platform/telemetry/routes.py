"""Measurements over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select

from support.platform.identity.callers import CallerDep, require_customer
from support.platform.identity.roles import Permission
from support.platform.operations import Operation
from support.platform.problems import invalid
from support.platform.services import ServicesDep
from support.platform.tables import MetricSample
from support.platform.telemetry.schemas import MetricPoint, Metrics
from support.platform.vocabulary import MetricType

router = APIRouter(tags=["telemetry"], route_class=Operation)


@router.get("/customers/{customer_id}/metrics", response_model=Metrics, summary="Figures over time")
def metrics(
    customer_id: str,
    caller: CallerDep,
    services: ServicesDep,
    metric_type: Annotated[MetricType, Query()],
    start_time: Annotated[datetime | None, Query(description="Included.")] = None,
    end_time: Annotated[datetime | None, Query(description="Included.")] = None,
) -> Metrics:
    """What was measured in the period; a time without zone is UTC."""
    customer = require_customer(services, caller, Permission.READ, customer_id)
    since, until = _utc(start_time), _utc(end_time)
    if since is not None and until is not None and until < since:
        raise invalid("end_time", "must not be before start_time")
    wanted = select(MetricSample).where(MetricSample.customer_id == customer.id, MetricSample.metric_type == metric_type)
    if since is not None:
        wanted = wanted.where(MetricSample.taken_at >= since)
    if until is not None:
        wanted = wanted.where(MetricSample.taken_at <= until)
    with services.database.reading() as session:
        found = session.scalars(wanted.order_by(MetricSample.taken_at, MetricSample.id)).all()
    points = [MetricPoint(timestamp=one.taken_at, value=one.value, unit=one.unit, deployment=one.deployment, samples=one.samples) for one in found]
    return Metrics(metrics=points)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
