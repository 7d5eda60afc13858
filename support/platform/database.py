"""Sessions on SQLite (default) or PostgreSQL."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Dialect,
    FromClause,
    Insert,
    Numeric,
    Select,
    String,
    Table,
    Update,
    bindparam,
    event,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import DeclarativeBase, Session, UOWTransaction
from sqlalchemy.orm.instrumentation import manager_of_class
from sqlalchemy.types import TypeDecorator

from support.platform import engines
from support.platform.engines import Connecting, Kept

_GATHERED, _HOOKS, _TABLES = "gathered", "after_commit", "tables"


class Base(DeclarativeBase):
    """The base of all tables."""


Record = TypeVar("Record", bound=Base)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Only aware times are accepted; answers are always in UTC, with microseconds."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactNumeric(TypeDecorator[Decimal]):
    """A decimal of fixed scale, exact on every database: SQLite, which has only floats, keeps it as text."""

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision, scale)
        self._unit = Decimal(1).scaleb(-scale)
        self._shape = (precision, scale)

    def load_dialect_impl(self, dialect: Dialect) -> Any:  # noqa: ANN401  SQLAlchemy's own signature
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(40))
        return dialect.type_descriptor(Numeric(*self._shape))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:  # noqa: ANN401
        if value is None:
            return None
        exact = Decimal(value).quantize(self._unit)
        return format(exact, "f") if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ANN401, ARG002
        return None if value is None else Decimal(value)


Document = JSON
"""A JSON column. Decimals and times inside are stored as text by whoever writes them."""

Gathered = dict[str, list[dict[str, Any]]]
"""Rows that wait to be written."""

Finish = Callable[[Connection, Gathered], None]
"""What writes them."""


class NestedSession(Exception):
    """A writing session was opened inside another one of the same thread: it would wait for itself."""


class Database:
    """Opens sessions. A session is one transaction: committed at the end of the block, rolled back when the block raises.

    SQLite has one writer at a time: writers queue for a lock of this process instead of being refused by the database. Whoever holds a writing
    session must not call the network.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._writing: threading.Lock | None = threading.Lock() if self.is_sqlite else None
        self._thread = threading.local()
        self._count = itertools.count(1)
        self._written: dict[str, int] = {}
        self.engine = engines.sqlite(url, "BEGIN") if self.is_sqlite else engines.postgres(url)
        self._writer = engines.sqlite(url, "BEGIN IMMEDIATE") if self.is_sqlite else self.engine
        self._askers: Connecting = Kept(self.engine) if self.is_sqlite else self.engine
        self._writers: Connecting = Kept(self._writer) if self.is_sqlite else self.engine

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A writing transaction. What was `gathered` is written at its end; hooks given to `after_commit` run once it is durable."""
        if getattr(self._thread, "writing", False):
            raise NestedSession
        unwritten: dict[Finish, Gathered] = {}
        hooks: list[Callable[[], object]] = []
        if self._writing:
            self._writing.acquire()
        self._thread.writing = True
        try:
            with self._writers.connect() as connection, connection.begin(), _Writing(connection) as session:
                session.info.update({_GATHERED: unwritten, _HOOKS: hooks})
                yield session
                for write, what in unwritten.items():
                    write(connection, what)
                session.flush()
            number = next(self._count)
            self._written |= dict.fromkeys(session.info.get(_TABLES, ()), number)
        finally:
            self._thread.writing = False
            if self._writing:
                self._writing.release()
        for hook in hooks:
            hook()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A reading transaction with one consistent view; nothing written through it is kept."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    def asking(self) -> AbstractContextManager[Connection]:
        """As `reading`, for statements alone: without a session around it a question costs half as much."""
        return self._askers.connect()

    def found(self, kind: type[Record], wanted: Select[Any], **given: Any) -> list[Record]:  # noqa: ANN401  what the statement takes
        """What a statement finds whose first columns are all columns of that table, in their order. The objects belong to no session."""
        with self.asking() as connection:
            return [record_of(kind, row) for row in connection.execute(wanted, given)]

    def written(self, *tables: type[Base]) -> tuple[int, ...]:
        """For each of these tables a number that stays the same as long as no session of this process changes a row of it."""
        return tuple(self._written.get(table.__tablename__, 0) for table in tables)

    def create_all(self) -> None:
        """Makes every table that is missing."""
        from support.platform import tables  # noqa: F401  registers the tables

        Base.metadata.create_all(self._writer)

    def ping(self) -> None:
        """Asks the database something; raises what SQLAlchemy raises when it is away."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Gives back every connection."""
        for kept in (self._askers, self._writers):
            if isinstance(kept, Kept):
                kept.close()
        self.engine.dispose()
        self._writer.dispose()


def gathered(session: Session, write: Finish) -> Gathered:
    """What is to be written together in this session's transaction, in lists by a key of the caller's choice.

    `write` gets it when the session's block has ended, before the commit; not at all if the block raises.
    """
    kept: dict[Finish, Gathered] = session.info[_GATHERED]
    return kept.setdefault(write, {})


def after_commit(session: Session, hook: Callable[[], object]) -> None:
    """Runs the hook after this session's transaction is durable, in the order of the calls; not at all if it is rolled back."""
    session.info[_HOOKS].append(hook)


def add_now(session: Session, record: Base) -> None:
    """Writes a new row at once, by a statement: a fifth of what it costs to be added and flushed. The object belongs to no session."""
    table = record.__table__
    session.connection().execute(_insertion(table), {name: value for name, value in vars(record).items() if name in table.c})
    session.info.setdefault(_TABLES, set()).add(record.__tablename__)


def change_now(session: Session, record: Base, **values: Any) -> None:  # noqa: ANN401  what its columns take
    """Changes the row of that `id` at once, by a statement, and the object with it, which belongs to no session."""
    for name, value in values.items():
        setattr(record, name, value)
    session.connection().execute(_change(record.__table__), {"this": vars(record)["id"], **values})
    session.info.setdefault(_TABLES, set()).add(record.__tablename__)


def row_now(connection: Connection, kind: type[Record], identifier: str) -> Record | None:
    """The row of that `id`, if there is one, by a statement. The object belongs to no session."""
    row = connection.execute(_row(kind.__table__), {"this": identifier}).one_or_none()
    return None if row is None else record_of(kind, row)


@cache
def _row(table: FromClause) -> Select[Any]:
    return select(table).where(table.c.id == bindparam("this"))


@cache
def _insertion(table: FromClause) -> Insert:
    return insert(cast("Table", table))


@cache
def _change(table: FromClause) -> Update:
    return update(cast("Table", table)).where(table.c.id == bindparam("this"))


def record_of(kind: type[Record], row: Sequence[Any]) -> Record:
    """What was read by a statement whose first columns are all columns of that table, in their order. The object belongs to no session.

    It is made as SQLAlchemy makes what it loads: its constructor sets one attribute after the other, at ten times the cost.
    """
    made: Record = manager_of_class(kind).new_instance()
    vars(made).update(zip(kind.__table__.columns.keys(), row, strict=False))
    return made


class _Writing(Session):
    """Belongs to a transaction that has begun: a statement is carried out on its connection, and only who asks for objects has a session begin.

    Notes which tables it writes to. A row that is changed by a statement, and not through its object, is not noted.
    """

    def __init__(self, begun: Connection) -> None:
        super().__init__(begun, expire_on_commit=False)
        self._begun = begun

    def connection(self, *_: object, **__: object) -> Connection:
        """The connection of the transaction."""
        return self._begun

    def close(self) -> None:
        """Lets go of its objects, if it was asked for any."""
        if self.in_transaction():
            super().close()


def _note_tables(session: Session, _: UOWTransaction) -> None:
    changed = (*session.new, *session.dirty, *session.deleted)
    session.info.setdefault(_TABLES, set()).update(type(row).__tablename__ for row in changed)


event.listen(_Writing, "after_flush", _note_tables)
