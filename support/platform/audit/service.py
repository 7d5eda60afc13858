"""The audit trail: one hash chain for each customer, and one for the platform itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from support.platform import correlation
from support.platform.clock import Clock
from support.platform.locking import locked_customer, queues
from support.platform.tables import AuditEntry, AuditHead
from support.platform.values import moment_text

PLATFORM = "platform"
"""The chain of what concerns no customer."""

GENESIS = "0" * 64
"""The previous hash of a chain's first entry."""


_ADD = insert(cast("Table", AuditEntry.__table__))
_SIGNED = tuple(column.name for column in cast("Table", AuditEntry.__table__).columns if column.name != "hash")
_heads = cast("Table", AuditHead.__table__)
_BEGIN = insert(_heads)
_this_chain = update(_heads).where(_heads.c.customer_id == bindparam("chain"))
_LOCK = _this_chain.values(customer_id=bindparam("chain")).returning(_heads.c.sequence, _heads.c.hash)
_MOVE = _this_chain.values(sequence=bindparam("number"), hash=bindparam("digest"))


@dataclass(frozen=True)
class Break:
    """The first place at which a chain does not hold."""

    sequence: int
    what: str


class Audit:
    """Writes entries. There is no way to change or remove one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def record(
        self,
        session: Session,
        customer_id: str | None,
        user: str,
        action: str,
        entity_type: str,
        entity_id: str,
        details: dict[str, Any] | None = None,
    ) -> int:
        """Adds an entry in the caller's transaction and answers its number in the chain.

        `user` is a user's or agent's id, or `system`. `details` must be JSON and hold no secret. The chain stays locked until the transaction ends.
        """
        chain = customer_id or PLATFORM
        if customer_id is not None and queues(session):
            locked_customer(session, customer_id)
        sequence, previous = self._locked_head(session, chain)
        entry = {
            "customer_id": chain,
            "sequence": sequence + 1,
            "time": self._clock.now(),
            "user": user[:512],
            "action": action,
            "entity_type": entity_type,
            "entity_id": entity_id[:512],
            "correlation_id": correlation.current(),
            "details": json.loads(json.dumps(details or {}, default=str)),
            "previous_hash": previous,
        }
        signed = digest(entry)
        connection = session.connection()
        connection.execute(_ADD, {**entry, "hash": signed})
        connection.execute(_MOVE, {"chain": chain, "number": sequence + 1, "digest": signed})
        return sequence + 1

    @staticmethod
    def _locked_head(session: Session, chain: str) -> tuple[int, str]:
        connection = session.connection()
        row = connection.execute(_LOCK, {"chain": chain}).one_or_none()
        if row is None:
            try:
                with connection.begin_nested():
                    connection.execute(_BEGIN, {"customer_id": chain, "sequence": 0, "hash": GENESIS})
            except IntegrityError:
                pass  # somebody began the same chain at the same moment
            row = connection.execute(_LOCK, {"chain": chain}).one()
        return row[0], row[1]


def digest(entry: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over the canonical JSON of an entry's columns, which include the previous entry's hash and not its own."""
    content = {**entry, "time": moment_text(entry["time"])}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def entries(session: Session, chain: str, since: datetime | None = None, until: datetime | None = None) -> Sequence[AuditEntry]:
    """The entries of a chain in their order; `since` is included, `until` is not."""
    wanted = select(AuditEntry).where(AuditEntry.customer_id == chain).order_by(AuditEntry.sequence)
    if since is not None:
        wanted = wanted.where(AuditEntry.time >= since)
    if until is not None:
        wanted = wanted.where(AuditEntry.time < until)
    return session.scalars(wanted).all()


def first_break(session: Session, chain: str) -> Break | None:
    """Where the chain was tampered with, or None if every entry is the one that was written."""
    previous, expected = GENESIS, 1
    for entry in entries(session, chain):
        if entry.sequence != expected:
            return Break(expected, "an entry is missing")
        if entry.previous_hash != previous:
            return Break(entry.sequence, "the entry does not follow the one before it")
        if digest({column: getattr(entry, column) for column in _SIGNED}) != entry.hash:
            return Break(entry.sequence, "the entry was changed")
        previous, expected = entry.hash, expected + 1
    head = session.get(AuditHead, chain)
    if head is not None and (head.sequence, head.hash) != (expected - 1, previous):
        return Break(expected, "an entry is missing at the end")
    return None
