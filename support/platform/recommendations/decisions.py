"""Approving and rejecting. What is decided about one customer is decided one thing after the other, under the customer's lock."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from support.platform import ids
from support.platform.fleet.policies import policy_of
from support.platform.locking import LOCKED, lock_customer, locked_customer
from support.platform.optimizations.health import ENOUGH_SAMPLES
from support.platform.orchestrator.candidates import in_the_way
from support.platform.problems import Refusal, conflict, invalid
from support.platform.recommendations import lapse
from support.platform.services import Services
from support.platform.tables import Feedback, Recommendation

APPROVED = ("approved", "executing", "completed", "failed", "rolled_back")
"""The states in which a recommendation was approved once."""

SECOND_OPINIONS = ("performance", "application")


def approve(services: Services, customer_id: str, recommendation_id: str, user: str, version: int | None = None, reason: str | None = None) -> str:
    """Approves the recommendation and starts its optimization; answers the optimization's id, the same one however often it is asked.

    Raises 409 for everything that stands against it: `already_decided`, `approval_lapsed`, `stale_version`, `validation_missing`,
    `policy_forbids`, `dependency_open`, `conflict_unresolved`, `resource_busy`.
    """
    from support.platform.optimizations.service import start_in_order

    with services.database.session() as session:
        lock_customer(session, customer_id)
        recommendation = session.get_one(Recommendation, recommendation_id, with_for_update=LOCKED, populate_existing=True)
        if recommendation.status in APPROVED and recommendation.optimization_id is not None:
            refusal = _outdated(recommendation, version)
            if refusal is None:
                return recommendation.optimization_id
            raise refusal
        refusal = undecided(services, session, recommendation, version) or _alone(session, recommendation)
        if refusal is None:
            admit(services, session, recommendation, user, reason)
            (optimization_id,) = start_in_order(services, session, [recommendation.id], trigger="automatic" if user == "system" else "approval")
            recommendation.optimization_id = optimization_id
            return optimization_id
    raise refusal  # after the block, so that an expiry found on the way is kept


def admit(services: Services, session: Session, recommendation: Recommendation, user: str, reason: str | None = None) -> None:
    """Puts the approval on record. Whoever calls has made sure that nothing stands against it, and starts the change."""
    recommendation.status = "approved"
    recommendation.decided_at = services.clock.now()
    recommendation.decided_by = user
    details = {"version": recommendation.version, "reason": reason}
    services.audit.record(session, recommendation.customer_id, user, "recommendation_approved", "recommendation", recommendation.id, details)
    payload = {"recommendation_id": recommendation.id, "type": recommendation.type, "decided_by": user}
    services.events.publish(session, recommendation.customer_id, "recommendation_approved", recommendation.agent_type, payload)  # type: ignore[arg-type]
    lapse.disarm(services, session, recommendation)


def reject(services: Services, customer_id: str, recommendation_id: str, user: str, reason: str, version: int | None = None) -> str:
    """Rejects the recommendation and keeps the reason for its agent; answers the reason on record, the first one however often it is asked."""
    with services.database.session() as session:
        lock_customer(session, customer_id)
        recommendation = session.get_one(Recommendation, recommendation_id, with_for_update=LOCKED, populate_existing=True)
        if recommendation.status == "rejected":
            refusal = _outdated(recommendation, version)
            if refusal is None:
                return recommendation.rejection_reason or ""
            raise refusal
        refusal = undecided(services, session, recommendation, version)
        if refusal is None:
            turn_down(services, session, recommendation, user, reason)
            return reason
    raise refusal


def turn_down(services: Services, session: Session, recommendation: Recommendation, user: str, reason: str) -> None:
    """Puts the rejection and its reason on record."""
    now = services.clock.now()
    recommendation.status, recommendation.rejection_reason = "rejected", reason
    recommendation.decided_at, recommendation.decided_by = now, user
    session.add(
        Feedback(
            id=ids.new_id("fbk"),
            customer_id=recommendation.customer_id,
            recommendation_id=recommendation.id,
            agent_type=recommendation.agent_type,
            reason=reason,
            created_at=now,
        )
    )
    services.audit.record(
        session, recommendation.customer_id, user, "recommendation_rejected", "recommendation", recommendation.id, {"reason": reason}
    )
    payload = {"recommendation_id": recommendation.id, "type": recommendation.type, "reason": reason, "decided_by": user}
    services.events.publish(session, recommendation.customer_id, "recommendation_rejected", recommendation.agent_type, payload)  # type: ignore[arg-type]
    lapse.disarm(services, session, recommendation)


def unfit(session: Session, recommendation: Recommendation) -> Refusal | None:
    """Why the recommendation may not be carried out at all, whatever else is: a missing opinion, or the customer's policy."""
    if recommendation.type != "spot_migration":
        return None
    customer = locked_customer(session, recommendation.customer_id)
    if not policy_of(customer).interruptible_capacity_allowed:
        return conflict("policy_forbids", "The customer's policy forbids interruptible capacity.")
    opinions = {validation["agent_type"]: validation for validation in recommendation.validations}
    for agent in SECOND_OPINIONS:
        found = opinions.get(agent)
        if found is None or found["verdict"] != "approved":
            said = f": {found['detail']}" if found else "."
            return conflict("validation_missing", f"The {agent} agent has not approved this migration{said}")
    baseline = opinions["application"].get("baseline")
    if baseline is None or baseline["samples"] < ENOUGH_SAMPLES:
        return conflict("validation_missing", "The application agent has measured no baseline.")
    return None


def open_dependencies(session: Session, recommendation: Recommendation) -> list[str]:
    """The recommendations that must have been carried out before, and have not."""
    wanted = select(Recommendation.id).where(Recommendation.id.in_(recommendation.dependencies), Recommendation.status == "completed")
    done = set(session.scalars(wanted).all()) if recommendation.dependencies else set()
    return [name for name in recommendation.dependencies if name not in done]


def undecided(services: Services, session: Session, recommendation: Recommendation, version: int | None = None) -> Refusal | None:
    """Why the recommendation cannot be decided, if it cannot. One whose time has come is expired on the way."""
    late = recommendation.expires_at is not None and recommendation.expires_at <= services.clock.now()
    if recommendation.status == "pending" and late:
        lapse.expire(services, session, recommendation, "nobody decided in time")
    if recommendation.status == "expired":
        return conflict("approval_lapsed", "This recommendation has expired; a new one is made if the finding still holds.")
    if recommendation.status != "pending":
        return conflict("already_decided", f"This recommendation is {recommendation.status.replace('_', ' ')}: it was decided before.")
    return _outdated(recommendation, version)


def _outdated(recommendation: Recommendation, version: int | None) -> Refusal | None:
    """Why a decision that rests on this version does not count, even if somebody has decided the same on the current one."""
    if version is None or version == recommendation.version:
        return None
    detail = f"You decided on version {version}, but version {recommendation.version} is current: look at it again."
    return conflict("stale_version", detail, current_version=recommendation.version)


def _alone(session: Session, recommendation: Recommendation) -> Refusal | None:
    """What stands against carrying it out by itself."""
    refusal = unfit(session, recommendation)
    if refusal is not None:
        return refusal
    waiting = open_dependencies(session, recommendation)
    if waiting:
        return conflict("dependency_open", f"It depends on what has not been carried out: {', '.join(waiting)}.")
    others = in_the_way(session, recommendation)
    if others:
        names = ", ".join(f"{other.id} ({other.type.replace('_', ' ')})" for other in others)
        return conflict("conflict_unresolved", f"It cannot be carried out together with {names}: settle the conflict first.")
    return None


def of_one_customer(session: Session, customer_id: str, recommendation_ids: list[str], field: str) -> list[Recommendation]:
    """These recommendations, locked, each once. 422 if one of them is not this customer's."""
    wanted = list(dict.fromkeys(recommendation_ids))
    found = session.scalars(
        select(Recommendation).where(Recommendation.id.in_(wanted), Recommendation.customer_id == customer_id).with_for_update(key_share=True)
    ).all()
    missing = sorted(set(wanted) - {one.id for one in found})
    if missing:
        raise invalid(field, f"not a recommendation of this customer: {', '.join(missing)}")
    return sorted(found, key=lambda one: wanted.index(one.id))
