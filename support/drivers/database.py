"""A PostgreSQL database for one worker of one run: made fresh, dropped afterwards."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Self

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import NullPool

from support.problems import Problem, Problems


@dataclass(frozen=True)
class FreshDatabase:
    """A database of this run's own on somebody's PostgreSQL server."""

    server: URL
    name: str

    @classmethod
    def create(cls, server_url: str) -> Self:
        """A fresh, empty database on that server; raises Problems when the URL is wrong or nobody answers there."""
        server = _server(server_url)
        name = f"acceptance_{secrets.token_hex(6)}"
        try:
            _run(server, f'CREATE DATABASE "{name}"')
        except OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise Problems(
                [Problem("--database-url", 0, "", f"cannot make a database there: {reason}", "start the server or mend the URL")]
            ) from None
        return cls(server, name)

    @property
    def url(self) -> str:
        """Where the database answers, password included."""
        return self.server.set(database=self.name).render_as_string(hide_password=False)

    def drop(self) -> None:
        """Removes the database, whoever is still connected to it."""
        _run(self.server, f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


def _server(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = URL.create("nothing")
    if parsed.get_backend_name() != "postgresql":
        wrong = "this is not the address of a PostgreSQL server"
        raise Problems([Problem("--database-url", 0, "", wrong, "write postgresql://user:password@host:port/postgres")])
    return parsed.set(drivername="postgresql+psycopg", database=parsed.database or "postgres")


def _run(server: URL, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool, connect_args={"connect_timeout": 5})
    with engine.connect() as connection:
        connection.execute(text(statement))
