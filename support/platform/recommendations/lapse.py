"""Approvals run out: a recommendation that nobody decided in time is expired by the clock."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from support.platform.clock import Clock, Timer
from support.platform.database import after_commit
from support.platform.locking import locked_row
from support.platform.services import Services
from support.platform.tables import Customer, Recommendation

LAPSE: dict[str, timedelta] = {"medium": timedelta(hours=48), "high": timedelta(hours=24), "critical": timedelta(hours=4)}
"""How long an approval stays open; at low risk it never lapses."""

_armed: WeakKeyDictionary[Clock, dict[str, Timer]] = WeakKeyDictionary()
_lock = threading.Lock()


def expiry(risk: str, created_at: datetime) -> datetime | None:
    """From this moment on an approval is refused."""
    span = LAPSE.get(risk)
    return None if span is None else created_at + span


def arm(services: Services, session: Session, recommendation: Recommendation) -> None:
    """Lets the recommendation lapse at its time, once this transaction is durable."""
    identifier, when = recommendation.id, recommendation.expires_at
    after_commit(session, lambda: _set(services, identifier, when))


def disarm(services: Services, session: Session, recommendation: Recommendation) -> None:
    """The recommendation is decided: nothing lapses any more, once this transaction is durable."""
    identifier = recommendation.id
    after_commit(session, lambda: _set(services, identifier, None))


def arm_all(services: Services) -> None:
    """After a start: everything that was pending when the platform ended. What lapsed meanwhile lapses now."""
    wanted = (
        select(Recommendation)
        .join(Customer, Customer.id == Recommendation.customer_id)
        .where(Recommendation.status == "pending", Recommendation.expires_at.is_not(None), Customer.deleted_at.is_(None))
    )
    with services.database.reading() as session:
        pending = session.scalars(wanted).all()
    for recommendation in pending:
        _set(services, recommendation.id, recommendation.expires_at)


def forget(services: Services, recommendation_ids: list[str]) -> None:
    """Their customer is gone."""
    for identifier in recommendation_ids:
        _set(services, identifier, None)


def _set(services: Services, identifier: str, when: datetime | None) -> None:
    with _lock:
        timers = _armed.setdefault(services.clock, {})
        former = timers.pop(identifier, None)
        if former is not None:
            former.cancel()
        if when is not None:
            timers[identifier] = services.clock.call_at(when, lambda: _lapse(services, identifier), f"lapse of {identifier}")


def _lapse(services: Services, identifier: str) -> None:
    with services.database.session() as session:
        recommendation = locked_row(session, Recommendation, identifier)
        due = recommendation is not None and recommendation.expires_at is not None and recommendation.expires_at <= services.clock.now()
        if recommendation is not None and due and recommendation.status == "pending":
            expire(services, session, recommendation, "nobody decided in time")


def expire(services: Services, session: Session, recommendation: Recommendation, reason: str) -> None:
    """Ends a pending recommendation, in the caller's transaction."""
    recommendation.status = "expired"
    payload = {"recommendation_id": recommendation.id, "type": recommendation.type, "reason": reason}
    services.audit.record(
        session, recommendation.customer_id, "system", "recommendation_expired", "recommendation", recommendation.id, {"reason": reason}
    )
    services.events.publish(session, recommendation.customer_id, "recommendation_expired", recommendation.agent_type, payload)  # type: ignore[arg-type]
    disarm(services, session, recommendation)
