"""Measurements as they are answered."""

from __future__ import annotations

from support.platform.values import Answer, Moment, Ratio


class MetricPoint(Answer):
    """One measurement. What it is of, its deployment, is None for the whole fleet."""

    timestamp: Moment
    value: Ratio
    unit: str
    deployment: str | None
    samples: int


class Metrics(Answer):
    """The measurements of the period, oldest first."""

    metrics: list[MetricPoint]
