"""The vector store: vectors by key, in collections, and which of them are nearest to another.

Both stores live in the platform's own database, so that what a change has taught is durable with the change's end or not at all, and every host
of the platform knows it. Why no library with an index of its own: README, "Learning".
"""

from __future__ import annotations

import operator
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from sqlalchemy import Table, bindparam, select, text
from sqlalchemy.orm import Session

from support.platform.database import Database
from support.platform.learning.vectors import DIMENSIONS
from support.platform.settings import Settings
from support.platform.tables import Vector

_vectors = cast("Table", Vector.__table__)
_OF_COLLECTION = select(_vectors.c.key, _vectors.c.components).where(_vectors.c.collection == bindparam("wanted"))
_KEEP = text(
    "INSERT INTO vectors (key, collection, components) VALUES (:key, :collection, :components) "
    "ON CONFLICT (key) DO UPDATE SET collection = excluded.collection, components = excluded.components"
)


@dataclass(frozen=True)
class Neighbour:
    """A vector that was found: its key, and the cosine of the angle between it and what was looked for."""

    key: str
    similarity: float


class VectorStore(Protocol):
    """Vectors of unit length. A key is in one collection, and is found in no other."""

    def open(self, database: Database) -> None:
        """Makes ready what the store needs. To be called once, when the platform starts."""

    def put(self, session: Session, collection: str, key: str, vector: Sequence[float]) -> None:
        """Keeps the vector in the caller's transaction, in the place of an earlier one of that key."""

    def nearest(self, session: Session, collection: str, wanted: Sequence[float], at_least: float) -> list[Neighbour]:
        """The vectors of the collection at that similarity or above, nearest first."""


class EmbeddedVectors:
    """The default: exact search in this process over packed vectors, on SQLite and PostgreSQL alike; some 10 ms for a thousand."""

    def open(self, database: Database) -> None:
        """Its table is one of the platform's."""

    def put(self, session: Session, collection: str, key: str, vector: Sequence[float]) -> None:
        session.connection().execute(_KEEP, {"key": key, "collection": collection, "components": array("d", vector).tobytes()})

    def nearest(self, session: Session, collection: str, wanted: Sequence[float], at_least: float) -> list[Neighbour]:
        looked_for = array("d", wanted)
        kept = session.connection().execute(_OF_COLLECTION, {"wanted": collection}).all()
        found = [Neighbour(key, sum(map(operator.mul, looked_for, memoryview(packed).cast("d")))) for key, packed in kept]
        return sorted((one for one in found if one.similarity >= at_least), key=lambda one: (-one.similarity, one.key))


class PgVectors:
    """For many vectors on PostgreSQL: its extension pgvector searches where they are kept."""

    def open(self, database: Database) -> None:
        """Makes the extension and the table, where they are missing; the database's own error where the server has no pgvector."""
        with database.session() as session:
            session.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
            columns = f"key varchar(64) PRIMARY KEY, collection varchar(160) NOT NULL, components vector({DIMENSIONS}) NOT NULL"
            session.execute(text(f"CREATE TABLE IF NOT EXISTS pg_vectors ({columns})"))
            session.execute(text("CREATE INDEX IF NOT EXISTS pg_vectors_collection ON pg_vectors (collection)"))

    def put(self, session: Session, collection: str, key: str, vector: Sequence[float]) -> None:
        known = "ON CONFLICT (key) DO UPDATE SET collection = excluded.collection, components = excluded.components"
        insert = text(f"INSERT INTO pg_vectors VALUES (:key, :collection, CAST(:components AS vector)) {known}")  # noqa: S608  no input in it
        session.execute(insert, {"key": key, "collection": collection, "components": _literal(vector)})

    def nearest(self, session: Session, collection: str, wanted: Sequence[float], at_least: float) -> list[Neighbour]:
        similar = text(
            "SELECT key, similarity FROM (SELECT key, 1 - (components <=> CAST(:wanted AS vector)) AS similarity FROM pg_vectors "
            "WHERE collection = :collection) AS compared WHERE similarity >= :at_least ORDER BY similarity DESC, key"
        )
        asked = {"collection": collection, "wanted": _literal(wanted), "at_least": at_least}
        return [Neighbour(key, similarity) for key, similarity in session.execute(similar, asked)]


def store_for(settings: Settings) -> VectorStore:
    """The store that the settings name."""
    return PgVectors() if settings.vector_store == "pgvector" else EmbeddedVectors()


def _literal(vector: Sequence[float]) -> str:
    return f"[{','.join(map(repr, vector))}]"
