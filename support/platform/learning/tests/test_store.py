"""Both vector stores find the same neighbours, in their collection and nowhere else, and forget with the transaction."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pydantic import SecretStr, ValidationError

from support.platform.database import Database
from support.platform.learning.store import EmbeddedVectors, PgVectors, VectorStore, store_for
from support.platform.learning.vectors import DIMENSIONS
from support.platform.settings import Settings

HALF = 0.5**0.5


def vector(*first: float) -> list[float]:
    return [*first, *[0.0] * (DIMENSIONS - len(first))]


EAST, NORTH, BETWEEN = vector(1.0), vector(0.0, 1.0), vector(HALF, HALF)


@pytest.fixture
def database(database_url: str) -> Database:
    found = Database(database_url)
    found.create_all()
    return found


@pytest.fixture
def store(request: pytest.FixtureRequest, database: Database) -> VectorStore:
    found: VectorStore = request.param()
    found.open(database)
    return found


every_store = pytest.mark.parametrize(
    ("database_url", "store"),
    [("sqlite", EmbeddedVectors), ("postgresql", EmbeddedVectors), ("postgresql", PgVectors)],
    ids=["embedded, SQLite", "embedded, PostgreSQL", "pgvector"],
    indirect=True,
)


def kept(database: Database, store: VectorStore, **vectors: Sequence[float]) -> None:
    with database.session() as session:
        for key, components in vectors.items():
            store.put(session, "one", key, components)


def near(database: Database, store: VectorStore, wanted: Sequence[float], at_least: float, collection: str = "one") -> list[tuple[str, float]]:
    with database.reading() as session:
        return [(found.key, round(found.similarity, 6)) for found in store.nearest(session, collection, wanted, at_least)]


@every_store
def test_what_is_near_enough_is_found_nearest_first(database: Database, store: VectorStore) -> None:
    kept(database, store, east=EAST, north=NORTH, between=BETWEEN)
    assert near(database, store, EAST, 0.7) == [("east", 1), ("between", round(HALF, 6))]
    assert near(database, store, EAST, 0.9) == [("east", 1)]


@every_store
def test_what_is_in_another_collection_is_not_found(database: Database, store: VectorStore) -> None:
    kept(database, store, east=EAST)
    assert near(database, store, EAST, 0.0, collection="another") == []


@every_store
def test_a_vector_takes_the_place_of_an_earlier_one_of_its_key(database: Database, store: VectorStore) -> None:
    kept(database, store, turned=EAST)
    kept(database, store, turned=NORTH)
    assert near(database, store, NORTH, 0.0) == [("turned", 1)]


@every_store
def test_what_a_failed_transaction_put_is_forgotten(database: Database, store: VectorStore) -> None:
    def fail() -> None:
        with database.session() as session:
            store.put(session, "one", "east", EAST)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert near(database, store, EAST, 0.0) == []


@every_store
def test_a_second_start_keeps_what_is_known(database: Database, store: VectorStore) -> None:
    kept(database, store, east=EAST)
    store.open(database)
    assert near(database, store, EAST, 0.9) == [("east", 1)]


def test_the_settings_name_the_store() -> None:
    key = SecretStr("k" * 40)
    assert isinstance(store_for(Settings(token_key=key)), EmbeddedVectors)
    assert isinstance(store_for(Settings(token_key=key, database_url="postgresql+psycopg://h/d", vector_store="pgvector")), PgVectors)
    with pytest.raises(ValidationError, match="pgvector needs PostgreSQL: name it as OPTIINFRA_DATABASE_URL"):
        Settings(token_key=key, vector_store="pgvector")
