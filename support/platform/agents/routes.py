"""Analyses over HTTP."""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter
from sqlalchemy import Table, bindparam, select

from support.platform.agents import service
from support.platform.agents.schemas import Analyses, AnalysisAnswer, AnalysisStarted, Analyze
from support.platform.fleet.service import is_active
from support.platform.identity.callers import CallerDep, require_customer
from support.platform.identity.roles import Permission
from support.platform.operations import Operation
from support.platform.problems import conflict
from support.platform.services import Services, ServicesDep
from support.platform.tables import Analysis

router = APIRouter(tags=["agents"], route_class=Operation)

_analyses = cast("Table", Analysis.__table__).c
_ANALYSES = select(*_analyses).where(_analyses.customer_id == bindparam("customer")).order_by(_analyses.started_at, _analyses.id)


@router.post("/customers/{customer_id}/analyze", response_model=AnalysisStarted, status_code=202, summary="Let an agent look now")
def analyze(customer_id: str, body: Analyze, caller: CallerDep, services: ServicesDep) -> AnalysisStarted:
    """The agent looks at the fleet as it is at this moment. 409 while no account is connected."""
    customer = require_customer(services, caller, Permission.ANALYZE, customer_id)
    if not is_active(customer):
        raise conflict("not_onboarded", "There is no account to look at: onboard first.")
    with services.database.session() as session:
        identifier = service.begin(services, session, customer.id, [body.agent_type], "request")[body.agent_type]
    services.jobs.run(f"analysis {identifier}", lambda: _run(services, customer.id, body, identifier))
    return AnalysisStarted(analysis_id=identifier)


@router.get("/customers/{customer_id}/analyses", response_model=Analyses, summary="What the agents did")
def analyses(customer_id: str, caller: CallerDep, services: ServicesDep) -> Analyses:
    """Every look at the customer's fleet, oldest first."""
    customer = require_customer(services, caller, Permission.READ, customer_id)
    found = services.database.found(Analysis, _ANALYSES, customer=customer.id)
    return Analyses(analyses=[AnalysisAnswer.model_validate(one) for one in found])


def _run(services: Services, customer_id: str, asked: Analyze, identifier: str) -> None:
    """A failure is on record already."""
    try:
        service.run_analysis(services, customer_id, asked.agent_type, "request", identifier)
    except service.AnalysisFailed:
        return
