"""The HTTP operations of this room."""

from __future__ import annotations

from typing import Any, cast

from fastapi import APIRouter, Body
from sqlalchemy import Table, bindparam, select

from support.platform.database import record_of
from support.platform.identity.callers import CallerDep, own, require_customer, require_own
from support.platform.identity.roles import Permission
from support.platform.operations import Operation
from support.platform.optimizations import interruptions, service
from support.platform.optimizations.schemas import CloudEventAnswer, OptimizationAnswer, OptimizationsAnswer, StopAnswer, StopAsk
from support.platform.services import ServicesDep
from support.platform.tables import Optimization

router = APIRouter(tags=["optimizations"], route_class=Operation)

_changes = cast("Table", Optimization.__table__).c
_CHANGES = select(*_changes).where(_changes.customer_id == bindparam("customer")).order_by(_changes.created_at, _changes.id)


@router.get("/customers/{customer_id}/optimizations")
def list_optimizations(customer_id: str, caller: CallerDep, services: ServicesDep) -> OptimizationsAnswer:
    """The customer's changes, oldest first."""
    customer = require_customer(services, caller, Permission.READ, customer_id)
    with services.database.asking() as connection:
        rows = connection.execute(_CHANGES, {"customer": customer.id}).all()
        return OptimizationsAnswer(optimizations=[OptimizationAnswer.from_row(connection, record_of(Optimization, row)) for row in rows])


@router.get("/optimizations/{optimization_id}")
def get_optimization(optimization_id: str, caller: CallerDep, services: ServicesDep) -> OptimizationAnswer:
    """One change with its steps."""
    with services.database.asking() as connection:
        row = own(connection, caller, Permission.READ, Optimization, optimization_id)
        return OptimizationAnswer.from_row(connection, row)


@router.post("/optimizations/{optimization_id}/rollback", status_code=202)
def roll_back_optimization(optimization_id: str, caller: CallerDep, services: ServicesDep, ask: StopAsk | None = None) -> StopAnswer:
    """Takes a running or a completed change back. Asked twice it answers alike and changes nothing more."""
    require_own(services, caller, Permission.DECIDE, Optimization, optimization_id)
    status = service.roll_back(services, optimization_id, caller.user_id, ask.reason if ask else None)
    return StopAnswer.model_validate({"status": status, "optimization_id": optimization_id})


@router.post("/optimizations/{optimization_id}/cancel", status_code=202)
def cancel_optimization(optimization_id: str, caller: CallerDep, services: ServicesDep, ask: StopAsk | None = None) -> StopAnswer:
    """A change that has not begun will not begin; one that runs is taken back and ends cancelled."""
    require_own(services, caller, Permission.DECIDE, Optimization, optimization_id)
    status = service.cancel(services, optimization_id, caller.user_id, ask.reason if ask else None)
    return StopAnswer.model_validate({"status": status, "optimization_id": optimization_id})


@router.post("/cloud-events/{customer_id}", status_code=202)
def receive_cloud_event(customer_id: str, caller: CallerDep, services: ServicesDep, event: dict[str, Any] = Body()) -> CloudEventAnswer:  # noqa: B008
    """An event of the customer's cloud (an EventBridge document): reclaimed and ended instances are replaced."""
    customer = require_customer(services, caller, Permission.RUN_AGENT, customer_id)
    return CloudEventAnswer(accepted=interruptions.receive(services, customer, event))
