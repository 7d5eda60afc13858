"""What the customer sees: dashboard, savings, alerts, live events; and the platform's health."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import cast

from fastapi import APIRouter
from sqlalchemy import BindParameter, Table, bindparam, select

from support.platform.database import record_of
from support.platform.identity.callers import CallerDep, require_customer
from support.platform.identity.roles import Permission
from support.platform.operations import Operation
from support.platform.optimizations.schemas import OptimizationAnswer
from support.platform.portal import stream
from support.platform.portal.health import examine
from support.platform.portal.schemas import AlertAnswer, Alerts, Dashboard, Health, SavingEntry, Savings
from support.platform.recommendations.schemas import RecommendationAnswer
from support.platform.services import ServicesDep
from support.platform.tables import Alert, Instance, Optimization, Recommendation, Saving
from support.platform.values import CENT

router = APIRouter(tags=["portal"], route_class=Operation)
router.routes.extend(stream.router.routes)

ACTIVE = ("pending", "running", "rolling_back")

_proposed, _changes = cast("Table", Recommendation.__table__).c, cast("Table", Optimization.__table__).c
_savings, _alerts = cast("Table", Saving.__table__).c, cast("Table", Alert.__table__).c
_whose: BindParameter[str] = bindparam("customer")
_COSTS = select(Instance.monthly_cost).where(Instance.customer_id == _whose, Instance.state == "running")
_BOOKED = select(Saving.booked).where(Saving.customer_id == _whose)
_PENDING = select(*_proposed).where(_proposed.customer_id == _whose, _proposed.status == "pending").order_by(_proposed.created_at, _proposed.id)
_ACTIVE = select(*_changes).where(_changes.customer_id == _whose, _changes.status.in_(ACTIVE)).order_by(_changes.created_at, _changes.id)
_SAVINGS = select(*_savings).where(_savings.customer_id == _whose).order_by(_savings.booked_at, _savings.id)
_ALERTS = select(*_alerts).where(_alerts.customer_id == _whose).order_by(_alerts.time, _alerts.id)


@router.get("/health", response_model=Health, summary="Is everything there?", tags=["health"])
def health(services: ServicesDep) -> Health:
    """Each dependency as it is found at this moment."""
    return examine(services)


@router.get("/portal/customers/{customer_id}/dashboard", response_model=Dashboard, summary="The dashboard")
def dashboard(customer_id: str, caller: CallerDep, services: ServicesDep) -> Dashboard:
    """Each total is the sum of what it summarises, to the cent, at one moment."""
    customer = require_customer(services, caller, Permission.READ, customer_id)
    with services.database.asking() as connection:
        whose = {"customer": customer.id}
        pending = [record_of(Recommendation, row) for row in connection.execute(_PENDING, whose)]
        active = [record_of(Optimization, row) for row in connection.execute(_ACTIVE, whose)]
        return Dashboard(
            current_spend=_sum(connection.execute(_COSTS, whose).scalars()),
            potential_savings=_sum(one.estimated_savings for one in pending),
            recommendations=[RecommendationAnswer.from_row(one) for one in pending],
            active_optimizations=[OptimizationAnswer.from_row(connection, one) for one in active],
            realized_savings=_sum(connection.execute(_BOOKED, whose).scalars()),
        )


@router.get("/customers/{customer_id}/savings", response_model=Savings, summary="What was saved")
def savings(customer_id: str, caller: CallerDep, services: ServicesDep) -> Savings:
    """The booked savings, oldest first, and their sum."""
    customer = require_customer(services, caller, Permission.READ, customer_id)
    found = services.database.found(Saving, _SAVINGS, customer=customer.id)
    entries = [
        SavingEntry(optimization_id=one.optimization_id, booked_at=one.booked_at, monthly_saving=one.booked, predicted=one.predicted) for one in found
    ]
    return Savings(entries=entries, total=_sum(one.booked for one in found))


@router.get("/customers/{customer_id}/alerts", response_model=Alerts, summary="What to look at")
def alerts(customer_id: str, caller: CallerDep, services: ServicesDep) -> Alerts:
    """Every alert that was raised for the customer, oldest first."""
    customer = require_customer(services, caller, Permission.READ, customer_id)
    found = services.database.found(Alert, _ALERTS, customer=customer.id)
    return Alerts(alerts=[AlertAnswer.model_validate(alert) for alert in found])


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of the amounts as they are shown, so that whoever adds up what is listed gets the same."""
    return sum((amount.quantize(CENT, ROUND_HALF_EVEN) for amount in amounts), Decimal(0))
