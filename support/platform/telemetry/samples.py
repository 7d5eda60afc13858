"""Measurements, kept for any period in which they were taken."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from support.platform.ids import new_id
from support.platform.optimizations.health import Count, Observation
from support.platform.tables import MetricSample, QualityBaseline
from support.platform.vocabulary import MetricType

_ADD = insert(cast("Table", MetricSample.__table__))


def keep(
    session: Session,
    customer_id: str,
    deployment: str | None,
    figures: dict[tuple[MetricType, str], tuple[Decimal | None, int]],
    moment: datetime,
    optimization_id: str | None = None,
) -> None:
    """Writes a sample for each figure, by metric and unit, with the number of observations it rests on. What is unknown is not written."""
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
        for (metric_type, unit), (value, samples) in figures.items()
        if value is not None
    ]
    if rows:
        session.connection().execute(_ADD, rows)


def figures_of(seen: Observation) -> dict[tuple[MetricType, str], tuple[Decimal | None, int]]:
    """An observation as samples."""
    requests = seen.failed.of if seen.failed else 0
    return {
        ("quality", "ratio"): (_share(seen.right), seen.right.of if seen.right else 0),
        ("error_rate", "ratio"): (_share(seen.failed), requests),
        ("latency_p95", "ms"): (seen.p95_ms, requests),
        ("latency_p99", "ms"): (seen.p99_ms, requests),
    }


def baseline(session: Session, customer_id: str, deployment: str) -> Count | None:
    """The newest quality baseline of the deployment, if one was measured."""
    wanted = select(QualityBaseline).where(QualityBaseline.customer_id == customer_id, QualityBaseline.deployment == deployment)
    newest = session.scalars(wanted.order_by(QualityBaseline.taken_at.desc()).limit(1)).one_or_none()
    if newest is None:
        return None
    return Count(int((newest.quality * newest.samples).to_integral_value()), newest.samples)


def keep_baseline(session: Session, customer_id: str, deployment: str, right: Count, moment: datetime) -> None:
    """Writes a quality baseline."""
    session.add(
        QualityBaseline(id=new_id("bas"), customer_id=customer_id, deployment=deployment, quality=right.share, samples=right.of, taken_at=moment)
    )


def _share(count: Count | None) -> Decimal | None:
    return count.share if count is not None and count.of else None
