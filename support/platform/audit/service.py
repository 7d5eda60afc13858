"""The audit trail: one hash chain for each customer, and one for the platform itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, insert, select, text, update
from sqlalchemy.orm import Session

from support.platform import correlation
from support.platform.clock import Clock
from support.platform.database import Gathered, gathered
from support.platform.locking import lock_customer
from support.platform.tables import AuditEntry, AuditHead
from support.platform.values import moment_text

PLATFORM = "platform"
"""The chain of what concerns no customer."""

GENESIS = "0" * 64
"""The previous hash of a chain's first entry."""


_ADD = insert(cast("Table", AuditEntry.__table__))
_SIGNED = tuple(column.name for column in cast("Table", AuditEntry.__table__).columns if column.name != "hash")
_heads = cast("Table", AuditHead.__table__)
_HEAD = select(_heads.c.sequence, _heads.c.hash).where(_heads.c.customer_id == bindparam("chain"))
_BEGIN = text("INSERT INTO audit_heads (customer_id, sequence, hash) VALUES (:chain, :number, :digest) ON CONFLICT DO NOTHING")
_MOVE = (
    update(_heads)
    .where(_heads.c.customer_id == bindparam("chain"), _heads.c.hash == bindparam("previous"))
    .values(sequence=bindparam("number"), hash=bindparam("digest"))
)

REMEMBERED = 10_000
"""How many chains' heads are kept in mind."""

Head = tuple[int, str]
"""The number and the hash of a chain's last entry."""


@dataclass(frozen=True)
class Break:
    """The first place at which a chain does not hold."""

    sequence: int
    what: str


class Audit:
    """Writes entries. There is no way to change or remove one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heads: dict[str, Head] = {}

    def record(
        self,
        session: Session,
        customer_id: str | None,
        user: str,
        action: str,
        entity_type: str,
        entity_id: str,
        details: dict[str, Any] | None = None,
    ) -> None:
        """Has an entry added to the chain at the end of the caller's transaction.

        `user` is a user's or agent's id, or `system`. `details` must be JSON and hold no secret. The customer is locked until the transaction ends.
        """
        chain = customer_id or PLATFORM
        chains = gathered(session, self._write)
        if chain not in chains:
            chains[chain] = []
            if customer_id is not None:
                lock_customer(session, customer_id)
        chains[chain].append(
            {
                "customer_id": chain,
                "time": self._clock.now(),
                "user": user[:512],
                "action": action,
                "entity_type": entity_type,
                "entity_id": entity_id[:512],
                "correlation_id": correlation.current(),
                "details": json.loads(json.dumps(details or {}, default=str)),
            }
        )

    def _write(self, connection: Connection, chains: Gathered) -> None:
        for chain in sorted(chains):  # in one order, so that nobody waits in a circle
            head = self._heads.get(chain)  # a guess, which the database confirms by moving it
            while not _moved(connection, chain, head, linked := _linked(chains[chain], head)):
                row = connection.execute(_HEAD, {"chain": chain}).one_or_none()
                head = None if row is None else (row[0], row[1])
            connection.execute(_ADD, linked)
            if len(self._heads) >= REMEMBERED:
                self._heads.clear()
            self._heads[chain] = linked[-1]["sequence"], linked[-1]["hash"]


def _linked(entries: Sequence[Mapping[str, Any]], head: Head | None) -> list[dict[str, Any]]:
    """The entries as they follow that head, or as the first of their chain."""
    sequence, previous = head or (0, GENESIS)
    linked = []
    for number, entry in enumerate(entries, sequence + 1):
        link = {**entry, "sequence": number, "previous_hash": previous}
        previous = link["hash"] = digest(link)
        linked.append(link)
    return linked


def _moved(connection: Connection, chain: str, head: Head | None, linked: Sequence[Mapping[str, Any]]) -> bool:
    """Whether that was the chain's head; then the last link is from now on, and stays locked until the transaction ends."""
    last = {"chain": chain, "number": linked[-1]["sequence"], "digest": linked[-1]["hash"]}
    done = connection.execute(_BEGIN, last) if head is None else connection.execute(_MOVE, {"previous": head[1], **last})
    return done.rowcount > 0


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
