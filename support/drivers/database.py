"""A PostgreSQL database for one worker of one run: made fresh, dropped afterwards."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Self

from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import NullPool

from support.problems import Problem


@dataclass(frozen=True)
class FreshDatabase:
    """A database of this run's own on somebody's PostgreSQL server."""

    server: URL
    name: str

    @classmethod
    def create(cls, server_url: str) -> Self:
        """A fresh, empty database on a server of which `problems_with` knows no problem."""
        server = _server(server_url)
        name = f"acceptance_{secrets.token_hex(6)}"
        with _connection(server) as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        return cls(server, name)

    @property
    def url(self) -> str:
        """Where the database answers, password included."""
        return self.server.set(database=self.name).render_as_string(hide_password=False)

    def drop(self) -> None:
        """Removes the database, whoever is still connected to it."""
        with _connection(self.server) as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)'))


def problems_with(server_url: str) -> list[Problem]:
    """Why no database can be made there: the URL is wrong, nobody answers, or its user may not."""
    try:
        with _connection(_server(server_url)) as connection:
            allowed = connection.scalar(text("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"))
    except ArgumentError:
        wrong = "this is not the address of a PostgreSQL server"
        return [Problem("--database-url", 0, "", wrong, "write postgresql://user:password@host:port/postgres")]
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        return [Problem("--database-url", 0, "", f"cannot make a database there: {reason}", "start the server or mend the URL")]
    return [] if allowed else [Problem("--database-url", 0, "", "its user may not make databases", "ALTER ROLE ... CREATEDB, or name another user")]


def _server(url: str) -> URL:
    """Raises ArgumentError where this is no PostgreSQL server's URL."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "postgresql":
        raise ArgumentError(url)
    return parsed.set(drivername="postgresql+psycopg", database=parsed.database or "postgres")


def _connection(server: URL) -> Connection:
    return create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool, connect_args={"connect_timeout": 5}).connect()
