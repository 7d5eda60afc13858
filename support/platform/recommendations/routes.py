"""Recommendations over HTTP: seen, submitted, decided."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Query
from sqlalchemy import Table, bindparam, select

from support.platform.identity.callers import CallerDep, require_customer, require_own
from support.platform.identity.roles import Permission
from support.platform.operations import Operation
from support.platform.recommendations import decisions, submission
from support.platform.recommendations.bulk import approve_several
from support.platform.recommendations.schemas import (
    Approval,
    Approved,
    DroppedAnswer,
    RecommendationAnswer,
    Recommendations,
    Rejected,
    Rejection,
    Revision,
    Several,
    SeveralApproved,
    Started,
    Submission,
)
from support.platform.services import ServicesDep
from support.platform.tables import Recommendation
from support.platform.vocabulary import RecommendationStatus

router = APIRouter(tags=["recommendations"], route_class=Operation)

_proposed = cast("Table", Recommendation.__table__).c
_PROPOSED = select(*_proposed).where(_proposed.customer_id == bindparam("customer")).order_by(_proposed.created_at, _proposed.id)
_OF_STATUS = _PROPOSED.where(_proposed.status == bindparam("status"))


@router.get("/customers/{customer_id}/recommendations", response_model=Recommendations, summary="The customer's recommendations")
def recommendations(
    customer_id: str, caller: CallerDep, services: ServicesDep, status: Annotated[RecommendationStatus | None, Query()] = None
) -> Recommendations:
    """Oldest first; those of one status if one is named."""
    customer = require_customer(services, caller, Permission.READ, customer_id)
    wanted = _PROPOSED if status is None else _OF_STATUS
    found = services.database.found(Recommendation, wanted, customer=customer.id, status=status)
    return Recommendations(recommendations=[RecommendationAnswer.from_row(one) for one in found])


@router.post("/customers/{customer_id}/recommendations", response_model=RecommendationAnswer, status_code=201, summary="Submit a recommendation")
def submit_recommendation(customer_id: str, body: Submission, caller: CallerDep, services: ServicesDep) -> RecommendationAnswer:
    """For agents that run elsewhere, with their agent token. Refused whole if anything in it is wrong."""
    customer = require_customer(services, caller, Permission.RUN_AGENT, customer_id)
    return RecommendationAnswer.from_row(submission.submit(services, customer, body, caller.user_id))


@router.post("/recommendations/approve", response_model=SeveralApproved, summary="Approve several recommendations")
def approve_recommendations(body: Several, caller: CallerDep, services: ServicesDep) -> SeveralApproved:
    """Fixes an order of execution that respects their conflicts; what contradicts something more important is dropped."""
    owners = {require_own(services, caller, Permission.DECIDE, Recommendation, one).customer_id for one in body.ids}
    resolution = approve_several(services, min(owners), body.ids, caller.user_id)
    started = zip(resolution.execution_order, resolution.optimization_ids, strict=True)
    return SeveralApproved(
        order_of_execution=resolution.execution_order,
        optimizations=[Started(recommendation_id=one, optimization_id=by) for one, by in started],
        dropped=[DroppedAnswer.model_validate(one) for one in resolution.dropped],
    )


@router.get("/recommendations/{recommendation_id}", response_model=RecommendationAnswer, summary="One recommendation")
def recommendation(recommendation_id: str, caller: CallerDep, services: ServicesDep) -> RecommendationAnswer:
    """As it is now. An agent sees what it has made itself, with the reason if it was rejected."""
    found = require_own(services, caller, Permission.RUN_AGENT if caller.role == "agent" else Permission.READ, Recommendation, recommendation_id)
    if caller.role == "agent" and found.agent_id != caller.user_id:
        caller.require(Permission.READ)
    return RecommendationAnswer.from_row(found)


@router.patch("/recommendations/{recommendation_id}", response_model=RecommendationAnswer, summary="Revise a recommendation")
def revise_recommendation(recommendation_id: str, body: Revision, caller: CallerDep, services: ServicesDep) -> RecommendationAnswer:
    """For the agent that submitted it, until it is decided. Each revision is a new version; refused whole if anything in it is wrong."""
    found = require_own(services, caller, Permission.RUN_AGENT, Recommendation, recommendation_id)
    return RecommendationAnswer.from_row(submission.revise(services, found, body, caller.user_id))


@router.post("/recommendations/{recommendation_id}/approve", response_model=Approved, summary="Approve a recommendation")
def approve_recommendation(recommendation_id: str, caller: CallerDep, services: ServicesDep, body: Approval | None = None) -> Approved:
    """Starts exactly one optimization, however often it is sent."""
    found, asked = require_own(services, caller, Permission.DECIDE, Recommendation, recommendation_id), body or Approval()
    started = decisions.approve(services, found.customer_id, found.id, caller.user_id, asked.version, asked.reason)
    return Approved(recommendation_id=found.id, optimization_id=started)


@router.post("/recommendations/{recommendation_id}/reject", response_model=Rejected, summary="Reject a recommendation")
def reject_recommendation(recommendation_id: str, body: Rejection, caller: CallerDep, services: ServicesDep) -> Rejected:
    """It is never carried out; the reason is kept for the agent that made it."""
    found = require_own(services, caller, Permission.DECIDE, Recommendation, recommendation_id)
    reason = decisions.reject(services, found.customer_id, found.id, caller.user_id, body.reason, body.version)
    return Rejected(recommendation_id=found.id, reason=reason)
