"""Alerts: what a customer should look at."""

from __future__ import annotations

from sqlalchemy.orm import Session

from support.platform import ids
from support.platform.services import Services
from support.platform.tables import Alert
from support.platform.vocabulary import Severity


def raise_alert(
    services: Services,
    session: Session,
    customer_id: str,
    kind: str,
    severity: Severity,
    message: str,
    optimization_id: str | None = None,
) -> str:
    """Writes the alert with its event in the caller's transaction and answers its id. `kind` is a stable word, the message is for people."""
    alert = Alert(
        id=ids.new_id("alt"),
        customer_id=customer_id,
        time=services.clock.now(),
        kind=kind,
        severity=severity,
        message=message,
        optimization_id=optimization_id,
    )
    session.add(alert)
    payload = {"alert_id": alert.id, "kind": kind, "severity": severity, "message": message, "optimization_id": optimization_id}
    services.events.publish(session, customer_id, "alert_raised", "orchestrator", payload)
    return alert.id
