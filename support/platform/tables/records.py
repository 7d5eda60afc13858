"""What happened: events, audit entries and alerts."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from support.platform.database import Base
from support.platform.tables.columns import CustomerId, Id, Line, Moment, Object, Prose, Ref, Word


class Event(Base):
    """Something that the customer may want to know, numbered from 1 without gaps."""

    __tablename__ = "events"

    customer_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[Word]
    timestamp: Mapped[Moment]
    agent_type: Mapped[Word]
    correlation_id: Mapped[Word]
    payload: Mapped[Object]


class AuditEntry(Base):
    """One link of a customer's audit chain (`platform` where no customer is concerned); outlives the customer."""

    __tablename__ = "audit_entries"

    customer_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    time: Mapped[Moment]
    user: Mapped[Line]
    action: Mapped[Word]
    entity_type: Mapped[Word]
    entity_id: Mapped[Line]
    correlation_id: Mapped[Word]
    details: Mapped[Object]
    previous_hash: Mapped[Word]
    hash: Mapped[Word]


class AuditHead(Base):
    """The last link of each chain."""

    __tablename__ = "audit_heads"

    customer_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    sequence: Mapped[int]
    hash: Mapped[Word]


class Alert(Base):
    """Something that the customer should look at."""

    __tablename__ = "alerts"

    id: Mapped[Id]
    customer_id: Mapped[CustomerId]
    time: Mapped[Moment]
    kind: Mapped[Word]
    severity: Mapped[Word]
    message: Mapped[Prose]
    optimization_id: Mapped[Ref | None]
