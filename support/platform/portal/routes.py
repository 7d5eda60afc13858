"""What the customer sees: dashboard, savings, alerts, live events; and the platform's health."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal

from fastapi import APIRouter
from sqlalchemy import select

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
router.include_router(stream.router)

ACTIVE = ("pending", "running", "rolling_back")


@router.get("/health", response_model=Health, summary="Is everything there?", tags=["health"])
def health(services: ServicesDep) -> Health:
    """Each dependency as it is found at this moment."""
    return examine(services)


@router.get("/portal/customers/{customer_id}/dashboard", response_model=Dashboard, summary="The dashboard")
def dashboard(customer_id: str, caller: CallerDep, services: ServicesDep) -> Dashboard:
    """Each total is the sum of what it summarises, to the cent, at one moment."""
    customer = require_customer(services, caller, Permission.READ, customer_id)
    with services.database.reading() as session:
        costs = session.scalars(select(Instance.monthly_cost).where(Instance.customer_id == customer.id, Instance.state == "running")).all()
        pending = session.scalars(
            select(Recommendation)
            .where(Recommendation.customer_id == customer.id, Recommendation.status == "pending")
            .order_by(Recommendation.created_at, Recommendation.id)
        ).all()
        active = session.scalars(
            select(Optimization)
            .where(Optimization.customer_id == customer.id, Optimization.status.in_(ACTIVE))
            .order_by(Optimization.created_at, Optimization.id)
        ).all()
        booked = session.scalars(select(Saving.booked).where(Saving.customer_id == customer.id)).all()
        return Dashboard(
            current_spend=_sum(costs),
            potential_savings=_sum(one.estimated_savings for one in pending),
            recommendations=[RecommendationAnswer.from_row(one) for one in pending],
            active_optimizations=[OptimizationAnswer.from_row(session, one) for one in active],
            realized_savings=_sum(booked),
        )


@router.get("/customers/{customer_id}/savings", response_model=Savings, summary="What was saved")
def savings(customer_id: str, caller: CallerDep, services: ServicesDep) -> Savings:
    """The booked savings, oldest first, and their sum."""
    customer = require_customer(services, caller, Permission.READ, customer_id)
    with services.database.reading() as session:
        found = session.scalars(select(Saving).where(Saving.customer_id == customer.id).order_by(Saving.booked_at, Saving.id)).all()
    entries = [
        SavingEntry(optimization_id=one.optimization_id, booked_at=one.booked_at, monthly_saving=one.booked, predicted=one.predicted) for one in found
    ]
    return Savings(entries=entries, total=_sum(one.booked for one in found))


@router.get("/customers/{customer_id}/alerts", response_model=Alerts, summary="What to look at")
def alerts(customer_id: str, caller: CallerDep, services: ServicesDep) -> Alerts:
    """Every alert that was raised for the customer, oldest first."""
    customer = require_customer(services, caller, Permission.READ, customer_id)
    with services.database.reading() as session:
        found = session.scalars(select(Alert).where(Alert.customer_id == customer.id).order_by(Alert.time, Alert.id)).all()
    return Alerts(alerts=[AlertAnswer.model_validate(alert) for alert in found])


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of the amounts as they are shown, so that whoever adds up what is listed gets the same."""
    return sum((amount.quantize(CENT, ROUND_HALF_EVEN) for amount in amounts), Decimal(0))
