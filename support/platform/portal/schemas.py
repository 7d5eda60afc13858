"""What the portal answers."""

from __future__ import annotations

from typing import Literal

from support.platform.optimizations.schemas import OptimizationAnswer
from support.platform.recommendations.schemas import RecommendationAnswer
from support.platform.values import Answer, Moment, Money
from support.platform.vocabulary import Severity

DependencyStatus = Literal["healthy", "unhealthy", "absent"]


class Dashboard(Answer):
    """Dollars a month.

    `current_spend` sums the running instances, `potential_savings` the listed recommendations, `realized_savings` the bookings.
    """

    current_spend: Money
    potential_savings: Money
    recommendations: list[RecommendationAnswer]
    active_optimizations: list[OptimizationAnswer]
    realized_savings: Money


class SavingEntry(Answer):
    """One booked saving, in dollars a month, beside what was predicted."""

    optimization_id: str
    booked_at: Moment
    monthly_saving: Money
    predicted: Money


class Savings(Answer):
    """The bookings in their order, and their sum."""

    entries: list[SavingEntry]
    total: Money


class AlertAnswer(Answer):
    """Something that the customer should look at."""

    id: str
    time: Moment
    kind: str
    severity: Severity
    message: str
    optimization_id: str | None


class Alerts(Answer):
    """Oldest first."""

    alerts: list[AlertAnswer]


class Dependency(Answer):
    """One dependency as it was found when asked; `absent` is one that this deployment does not have."""

    status: DependencyStatus
    detail: str


class Health(Answer):
    """`unhealthy` without database, cloud or clock; `degraded` without the language model, without which the agents go on."""

    status: Literal["healthy", "degraded", "unhealthy"]
    dependencies: dict[Literal["database", "cloud", "clock", "language_model"], Dependency]
