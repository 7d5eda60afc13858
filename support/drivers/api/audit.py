"""The audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from support.drivers.api.answer import Record
from support.drivers.api.transport import Request, Transport


class AuditEntry(Record):
    sequence: int
    time: datetime
    user: str
    action: str
    entity_type: str
    entity_id: str
    correlation_id: str | None
    previous_hash: str
    hash: str
    details: Mapping[str, Any]


class AuditBreak(Record):
    sequence: int
    what: str


class AuditTrail(Record):
    entries: tuple[AuditEntry, ...]
    head: str
    tampered: AuditBreak | None = None


class Audit:
    """What was done, by whom, in a chain of hashes."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def of(self, customer_id: str) -> AuditTrail:
        """The customer's trail."""
        return await self._transport.get(AuditTrail, Request("GET", "/customers/{}/audit", (customer_id,)))
