"""The one door through which recommendations come, and where other rooms ask about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from support.platform import ids
from support.platform.database import add_now, change_now
from support.platform.learning.service import precedent_for
from support.platform.recommendations import lapse
from support.platform.recommendations.findings import BY_NODE, Finding, Opinion
from support.platform.services import Services
from support.platform.tables import Recommendation
from support.platform.vocabulary import RecommendationStatus

COOL_DOWN: dict[str, timedelta] = {"rejected": timedelta(days=7), "failed": timedelta(days=1)}
"""How long the same thing is not recommended again after it ended so. After a rollback the room `optimizations` says how long."""

OPEN = ("pending", "approved", "executing")
NOTABLE_CHANGE = Decimal("0.002")
"""A saving that moved by less than this share is still the same figure."""

REJECTION_FACTOR = Decimal("0.90")
"""Each time the customer rejected the same thing, its agent is that much less confident."""

UNIT = Decimal("0.000001")

_PENDING = select(Recommendation).where(Recommendation.customer_id == bindparam("customer"), Recommendation.status == "pending")
_SAME = (
    select(Recommendation)
    .where(Recommendation.customer_id == bindparam("customer"), Recommendation.fingerprint == bindparam("fingerprint"))
    .order_by(Recommendation.created_at.desc())
)


def propose(services: Services, session: Session, customer_id: str, finding: Finding, opinions: Iterable[Opinion] = ()) -> Recommendation | None:
    """Puts the finding on record, or brings the pending recommendation of the same thing up to date (version + 1 if it changed).

    None if the same thing is already decided on and under way, or ended lately in a way that asks for patience.
    """
    same = _same(session, customer_id, finding)
    known = next((one for one in same if one.status == "pending"), None)
    if known is not None:
        _refresh(services, session, known, finding, list(opinions), same)
        return known
    if any(one.status in OPEN or _cooling(services, session, one) for one in same):
        return None
    now = services.clock.now()
    confidence, precedent = _confidence(services, session, customer_id, finding, same)
    made = Recommendation(
        id=ids.new_id("rec"),
        customer_id=customer_id,
        type=finding.type,
        agent_type=finding.agent_type,
        agent_id=None,
        title=finding.title,
        risk_level=finding.risk,
        estimated_savings=finding.saving,
        confidence=confidence,
        affected_resources=list(finding.resources),
        dependencies=[],
        validations=[opinion.document() for opinion in opinions],
        details=_details(finding),
        precedent=precedent,
        fingerprint=finding.fingerprint,
        status="pending",
        version=1,
        created_at=now,
        expires_at=lapse.expiry(finding.risk, now),
    )
    record(services, session, made, "system")
    return made


def record(services: Services, session: Session, made: Recommendation, user: str) -> None:
    """Adds a new recommendation with its trail, its event and its time limit."""
    add_now(session, made)
    payload = {
        "recommendation_id": made.id,
        "type": made.type,
        "title": made.title,
        "risk_level": made.risk_level,
        "estimated_savings": format(made.estimated_savings, ".2f"),
    }
    services.audit.record(session, made.customer_id, user, "recommendation_created", "recommendation", made.id, payload)
    services.events.publish(session, made.customer_id, "recommendation_created", made.agent_type, payload)  # type: ignore[arg-type]
    lapse.arm(services, session, made)


def pending(session: Session, customer_id: str) -> list[Recommendation]:
    """What the customer is recommended, whoever recommends it, and has not decided on."""
    return list(session.scalars(_PENDING, {"customer": customer_id}).all())


def withdraw(services: Services, session: Session, offers: Iterable[Recommendation], agent_type: str, still_found: Collection[str]) -> None:
    """Expires what this built-in agent recommended, of these, and does not find any more; `still_found` are fingerprints."""
    for one in offers:
        its_own = one.agent_type == agent_type and one.agent_id is None and one.status == "pending"
        if its_own and one.fingerprint not in still_found:
            lapse.expire(services, session, one, "the finding no longer holds")


def take_back_spot(services: Services, session: Session, customer_id: str) -> None:
    """Expires every pending offer of interruptible capacity, whoever made it: the customer does not want any."""
    for recommendation in filter(offers_spot, pending(session, customer_id)):
        lapse.expire(services, session, recommendation, "the customer's policy forbids interruptible capacity")


def mark(session: Session, recommendation_id: str, status: RecommendationStatus) -> None:
    """Follows what became of the change: executing, completed, failed or rolled_back. Says nothing to anybody."""
    change_now(session, Recommendation(id=recommendation_id), status=status)


def offers_spot(recommendation: Recommendation) -> bool:
    """Whether it is still open, and wants to move something to spot capacity."""
    return recommendation.type == "spot_migration" and recommendation.status == "pending"


def spot_offered(offers: Iterable[Recommendation]) -> set[str]:
    """The deployments that one of these wants to move to spot capacity."""
    return {one.details["deployment"] for one in offers if offers_spot(one) and "deployment" in one.details}


def forget(services: Services, customer_id: str) -> None:
    """The customer is deleted: nothing of it lapses any more."""
    with services.database.reading() as session:
        known = session.scalars(select(Recommendation.id).where(Recommendation.customer_id == customer_id)).all()
    lapse.forget(services, list(known))


def _same(session: Session, customer_id: str, finding: Finding) -> list[Recommendation]:
    return list(session.scalars(_SAME, {"customer": customer_id, "fingerprint": finding.fingerprint}).all())


def _cooling(services: Services, session: Session, former: Recommendation) -> bool:
    from support.platform.optimizations.service import cooling_down

    now = services.clock.now()
    if cooling_down(session, former.customer_id, former.fingerprint, now) is not None:
        return True
    patience = COOL_DOWN.get(former.status)
    return patience is not None and former.decided_at is not None and now < former.decided_at + patience


def _refresh(
    services: Services, session: Session, pending: Recommendation, finding: Finding, opinions: list[Opinion], same: Iterable[Recommendation]
) -> None:
    """A changed figure makes a new version, so that nobody decides on an old one. Opinions alone do not: they come after the finding."""
    documents = [opinion.document() for opinion in opinions]
    if documents and documents != pending.validations:
        pending.validations = documents
    if not _changed(pending, finding):
        return
    pending.title, pending.risk_level = finding.title, finding.risk
    pending.estimated_savings, pending.affected_resources = finding.saving, list(finding.resources)
    pending.details = _details(finding)
    pending.confidence, pending.precedent = _confidence(services, session, pending.customer_id, finding, same)
    pending.expires_at = lapse.expiry(finding.risk, pending.created_at)
    pending.version += 1
    lapse.arm(services, session, pending)
    details = {"version": pending.version, "estimated_savings": format(pending.estimated_savings, ".2f")}
    services.audit.record(session, pending.customer_id, "system", "recommendation_refreshed", "recommendation", pending.id, details)


def _changed(pending: Recommendation, finding: Finding) -> bool:
    moved = abs(pending.estimated_savings - finding.saving) > max(pending.estimated_savings, finding.saving) * NOTABLE_CHANGE
    settings = pending.details.get("setting_changes") != finding.details.get("setting_changes")
    return moved or settings or pending.risk_level != finding.risk or pending.affected_resources != list(finding.resources)


def _details(finding: Finding) -> dict[str, Any]:
    return {**finding.details, "features": dict(finding.features), "by_node": finding.type in BY_NODE}


def _confidence(
    services: Services, session: Session, customer_id: str, finding: Finding, same: Iterable[Recommendation]
) -> tuple[Decimal, dict[str, Any] | None]:
    """The confidence with the precedent that it names; `same` is all that was recommended of the same thing."""
    refused = sum(one.status == "rejected" for one in same)
    own = finding.confidence * REJECTION_FACTOR**refused
    precedent = precedent_for(services, session, customer_id, finding.type, finding.features)
    if precedent is None:
        return own.quantize(UNIT), None
    return precedent.adjusted(own).quantize(UNIT), precedent.document()
