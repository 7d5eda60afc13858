"""Measurements, kept for any period in which they were taken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import cast

from sqlalchemy import Connection, Row, Table, bindparam, insert, select
from sqlalchemy.orm import Session

from support.platform.database import add_now
from support.platform.ids import new_id
from support.platform.optimizations.health import Count, Observation
from support.platform.tables import MetricSample, QualityBaseline
from support.platform.vocabulary import MetricType

Figures = dict[tuple[MetricType, str], tuple[Decimal | None, int]]
"""By metric and unit: the value, and the number of observations it rests on."""

_baselines = cast("Table", QualityBaseline.__table__)
_ADD = insert(cast("Table", MetricSample.__table__))
_NEWEST = (
    select(_baselines.c.quality, _baselines.c.samples)
    .where(_baselines.c.customer_id == bindparam("customer"), _baselines.c.deployment == bindparam("deployment"))
    .order_by(_baselines.c.taken_at.desc())
    .limit(1)
)


def keep(session: Session, customer_id: str, seen: Mapping[str | None, Figures], moment: datetime, optimization_id: str | None = None) -> None:
    """Writes a sample for each figure of each deployment, or of the whole fleet: None. What is unknown is not written."""
    rows = [
        {
            "id": new_id("smp"),
            "customer_id": customer_id,
            "metric_type": metric_type,
            "deployment": deployment,
            "value": value,
            "unit": unit,
            "samples": samples,
            "taken_at": moment,
            "optimization_id": optimization_id,
        }
        for deployment, figures in seen.items()
        for (metric_type, unit), (value, samples) in figures.items()
        if value is not None
    ]
    if rows:
        session.connection().execute(_ADD, rows)


def figures_of(seen: Observation) -> Figures:
    """An observation as samples."""
    requests = seen.failed.of if seen.failed else 0
    return {
        ("quality", "ratio"): (_share(seen.right), seen.right.of if seen.right else 0),
        ("error_rate", "ratio"): (_share(seen.failed), requests),
        ("latency_p95", "ms"): (seen.p95_ms, requests),
        ("latency_p99", "ms"): (seen.p99_ms, requests),
    }


def newest_baseline(connection: Connection, customer_id: str, deployment: str) -> Row[Decimal, int] | None:
    """The newest quality baseline of the deployment, and the number of observations it rests on, if one was measured."""
    return connection.execute(_NEWEST, {"customer": customer_id, "deployment": deployment}).first()


def baseline(connection: Connection, customer_id: str, deployment: str) -> Count | None:
    """The newest quality baseline of the deployment as a count."""
    newest = newest_baseline(connection, customer_id, deployment)
    if newest is None:
        return None
    return Count(int((newest.quality * newest.samples).to_integral_value()), newest.samples)


def keep_baseline(session: Session, customer_id: str, deployment: str, right: Count, moment: datetime) -> None:
    """Writes a quality baseline."""
    made = QualityBaseline(id=new_id("bas"), customer_id=customer_id, deployment=deployment, quality=right.share, samples=right.of, taken_at=moment)
    add_now(session, made)


def _share(count: Count | None) -> Decimal | None:
    return count.share if count is not None and count.of else None
