"""What the customer sees: dashboard, savings, metrics and alerts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from support import words
from support.drivers.api.answer import Record
from support.drivers.api.optimizations import Optimization
from support.drivers.api.recommendations import Recommendation
from support.drivers.api.transport import Request, Transport


class MetricPoint(Record):
    timestamp: datetime
    value: Decimal
    unit: str


class MetricSeries(Record):
    metrics: tuple[MetricPoint, ...]


class Dashboard(Record):
    current_spend: Decimal
    potential_savings: Decimal
    recommendations: tuple[Recommendation, ...]
    active_optimizations: tuple[Optimization, ...]
    realized_savings: Decimal

    def __str__(self) -> str:
        totals = f"spend ${self.current_spend}, potential ${self.potential_savings}, realised ${self.realized_savings}"
        return f"{totals}, {len(self.recommendations)} recommendations"


class SavingsEntry(Record):
    optimization_id: str
    booked_at: datetime
    monthly_saving: Decimal
    predicted: Decimal


class SavingsBook(Record):
    entries: tuple[SavingsEntry, ...]
    total: Decimal


class Alert(Record):
    id: str
    time: datetime
    kind: str
    severity: words.Severity
    message: str
    optimization_id: str | None = None


class AlertList(Record):
    alerts: tuple[Alert, ...]


class Portal:
    """The customer's view of its own fleet."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def dashboard(self, customer_id: str) -> Dashboard:
        """Spend, savings and what is going on."""
        return await self._transport.get(Dashboard, Request("GET", "/portal/customers/{}/dashboard", (customer_id,)))

    async def savings(self, customer_id: str) -> SavingsBook:
        """The savings that are booked."""
        return await self._transport.get(SavingsBook, Request("GET", "/customers/{}/savings", (customer_id,)))

    async def alerts(self, customer_id: str) -> tuple[Alert, ...]:
        """Every alert that was raised for the customer."""
        return (await self._transport.get(AlertList, Request("GET", "/customers/{}/alerts", (customer_id,)))).alerts

    async def metrics(self, customer_id: str, metric: str, start: datetime, end: datetime) -> tuple[MetricPoint, ...]:
        """One metric over a period, both ends included."""
        query = {"metric_type": metric, "start_time": start.isoformat(), "end_time": end.isoformat()}
        request = Request("GET", "/customers/{}/metrics", (customer_id,), query=query)
        return (await self._transport.get(MetricSeries, request)).metrics
