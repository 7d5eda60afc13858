"""What is beneath sessions: the connections to a SQLite file or to PostgreSQL."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol, cast

import orjson
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import PoolProxiedConnection

KEPT = 10
"""How many connections to a file are kept open for those who ask."""

STATEMENTS = 500
"""How many statements a connection to a file keeps as SQLite has understood them: more than the platform has."""

_JSON: Any = {"json_serializer": lambda value: orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode(), "json_deserializer": orjson.loads}


class Connecting(Protocol):
    """Where a connection is to be had; what is not committed at its end is rolled back."""

    def connect(self) -> AbstractContextManager[Connection]: ...


class Kept:
    """Open connections to a file, for whoever comes next: to take one from the pool and to give it back is nearly half of a small transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: deque[Connection] = deque()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """One that nobody else uses, and in which no transaction has begun."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._engine.connect()
        try:
            yield connection
        finally:
            connection.rollback()
            if len(self._idle) < KEPT:
                self._idle.append(connection)
            else:
                connection.close()

    def close(self) -> None:
        """Gives back those that nobody uses."""
        while self._idle:
            self._idle.pop().close()


def postgres(url: str) -> Engine:
    """Whose connections are tried before they are used again."""
    return create_engine(url, pool_size=10, max_overflow=40, pool_timeout=10, pool_pre_ping=True, connect_args={"connect_timeout": 3}, **_JSON)


def sqlite(url: str, begin: str) -> Engine:
    """Whose transactions begin with that statement, which the driver leaves out. Not by an event of the engine: those cost each statement time."""
    driver = {"check_same_thread": False, "timeout": 10, "cached_statements": STATEMENTS}
    engine = create_engine(url, pool_size=20, max_overflow=80, pool_timeout=10, connect_args=driver, **_JSON)
    event.listen(engine, "connect", _prepare_sqlite)

    def do_begin(dbapi_connection: PoolProxiedConnection) -> None:
        cast("Any", dbapi_connection.driver_connection).execute(begin)

    engine.dialect.do_begin = do_begin  # type: ignore[method-assign]
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's connection
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA busy_timeout=10000")
