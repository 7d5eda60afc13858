"""The audit trail over HTTP: read only, there is no operation that changes it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from support.platform.audit.service import GENESIS, entries, first_break
from support.platform.identity.callers import CallerDep, require_customer
from support.platform.identity.roles import Permission
from support.platform.operations import Operation
from support.platform.services import ServicesDep
from support.platform.tables import AuditHead
from support.platform.values import Answer, Moment

router = APIRouter(tags=["audit"], route_class=Operation)


class AuditEntryAnswer(Answer):
    """One entry; its `hash` covers all its other members, `previous_hash` included."""

    sequence: int
    time: Moment
    user: str
    action: str
    entity_type: str
    entity_id: str
    correlation_id: str
    details: dict[str, Any]
    previous_hash: str
    hash: str


class AuditBreak(Answer):
    """The first place at which the chain does not hold."""

    sequence: int
    what: str


class AuditTrail(Answer):
    """The entries of the period. `head` is the hash of the chain's last entry; `tampered` is empty while the whole chain holds."""

    entries: list[AuditEntryAnswer]
    head: str
    tampered: AuditBreak | None


@router.get("/customers/{customer_id}/audit", response_model=AuditTrail, summary="The audit trail")
def audit_trail(
    customer_id: str,
    caller: CallerDep,
    services: ServicesDep,
    since: Annotated[AwareDatetime | None, Query(alias="from", description="Included.")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to", description="Not included.")] = None,
) -> AuditTrail:
    """For auditors and administrators; also of customers who have left."""
    customer = require_customer(services, caller, Permission.AUDIT, customer_id, even_deleted=True)
    with services.database.reading() as session:
        found = entries(session, customer.id, since, until)
        head = session.get(AuditHead, customer.id)
        broken = first_break(session, customer.id)
    return AuditTrail(
        entries=[AuditEntryAnswer.model_validate(entry) for entry in found],
        head=head.hash if head else GENESIS,
        tampered=AuditBreak.model_validate(broken) if broken else None,
    )
