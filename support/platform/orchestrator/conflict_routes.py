"""Settling conflicts and carrying out what was decided, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from support.platform.identity.callers import CallerDep, require_customer, require_own
from support.platform.identity.roles import Permission
from support.platform.operations import Operation
from support.platform.orchestrator import resolutions
from support.platform.orchestrator.conflict_schemas import Executed, ExecuteResolution, ResolutionAnswer, ResolveConflict
from support.platform.services import ServicesDep
from support.platform.tables import Resolution

router = APIRouter(tags=["orchestrator"], route_class=Operation)


@router.post("/orchestrator/resolve-conflict", response_model=ResolutionAnswer, summary="Settle a conflict")
def resolve_conflict(body: ResolveConflict, caller: CallerDep, services: ServicesDep) -> ResolutionAnswer:
    """Decides among the recommendations as a whole; nothing is carried out. A circle of dependencies is refused and named."""
    customer = require_customer(services, caller, Permission.ANALYZE, body.customer_id)
    return ResolutionAnswer.from_row(resolutions.resolve(services, customer.id, body.recommendation_ids, caller.user_id))


@router.get("/orchestrator/resolutions/{resolution_id}", response_model=ResolutionAnswer, summary="A resolution on record")
def resolution(resolution_id: str, caller: CallerDep, services: ServicesDep) -> ResolutionAnswer:
    """The decision as it was kept."""
    return ResolutionAnswer.from_row(require_own(services, caller, Permission.READ, Resolution, resolution_id))


@router.post("/orchestrator/execute-resolution", response_model=Executed, summary="Carry out a resolution")
def execute_resolution(body: ExecuteResolution, caller: CallerDep, services: ServicesDep) -> Executed:
    """Does exactly what was decided, once: asked again, it answers the same optimizations."""
    found = require_own(services, caller, Permission.DECIDE, Resolution, body.resolution_id)
    started = resolutions.execute(services, found.customer_id, found.id, caller.user_id)
    return Executed(optimization_id=started[0], optimization_ids=started)
