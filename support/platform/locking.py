"""How rows are locked, and in which order, so that transactions wait for each other and never in a circle.

Whoever writes for a customer locks the customer's row first and everything else after it: numbering an event and adding to the audit
trail lock it anyway. SQLite has one writer at a time and needs none of this.
"""

from __future__ import annotations

from functools import cache
from typing import TypeVar, cast

from sqlalchemy import Select, Table, bindparam, select
from sqlalchemy.orm import Session

from support.platform.database import record_of
from support.platform.tables import Agent, AuthSession, Customer, Optimization, Recommendation, Task, User

Row = TypeVar("Row", Optimization, Recommendation)

_customers = cast("Table", Customer.__table__)
_CUSTOMER = select(_customers).where(_customers.c.id == bindparam("customer")).with_for_update(key_share=True)

LOCKED: dict[str, bool] = {"key_share": True}
"""Nobody else changes the row until the transaction ends, but others may refer to it, as every new row of a customer does. Without this, two
transactions that have each added such a row would wait for each other."""


def locked_customer(session: Session, customer_id: str) -> Customer:
    """The customer's record, locked: what is decided for one customer is decided one thing after the other. The object belongs to no session."""
    return record_of(Customer, session.connection().execute(_CUSTOMER, {"customer": customer_id}).one())


def lock_customer(session: Session, customer_id: str) -> None:
    """As `locked_customer`, for whoever needs nothing of the record."""
    if queues(session):
        locked_customer(session, customer_id)


def lock_again(session: Session, row: Agent | Task) -> None:
    """Locks the customer of a row that was read before, and reads the row once more: somebody may have changed it in between."""
    if queues(session):
        locked_customer(session, str(row.customer_id))
        session.refresh(row)


def locked_row(session: Session, table: type[Row], identifier: str) -> Row | None:
    """The row as it is now, locked after its customer; None if there is none."""
    lock_owner(session, table, identifier)
    return session.scalars(_locked(table), {"this": identifier}).one_or_none()


@cache
def _locked(table: type[Row]) -> Select[Row]:
    wanted = select(table).where(table.id == bindparam("this"))
    return wanted.with_for_update(key_share=True).execution_options(populate_existing=True)


def lock_owner(session: Session, table: type[Row], identifier: str) -> None:
    """Locks the customer of the row, if there is one: to be done before the row is read with a lock of its own."""
    if queues(session):
        owner = session.scalar(select(table.customer_id).where(table.id == identifier))
        if owner is not None:
            locked_customer(session, owner)


def locked_session(session: Session, session_id: str) -> AuthSession | None:
    """A login as it is now, locked after its user's customer; None if there is none."""
    if queues(session):
        owner = session.scalar(select(User.customer_id).join(AuthSession, AuthSession.user_id == User.id).where(AuthSession.id == session_id))
        if owner is not None:
            locked_customer(session, owner)
    return session.get(AuthSession, session_id, with_for_update=LOCKED, populate_existing=True)


def queues(session: Session) -> bool:
    """Whether the database lets several transactions write at a time, so that they must queue for rows."""
    return session.connection().dialect.name != "sqlite"
