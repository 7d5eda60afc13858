"""Parts of the platform's database that stand still: whoever writes there waits, everything else goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from support.drivers.database import FreshDatabase
from support.drivers.storage import Part, Storage
from support.postgres import own_server

OTHER: dict[Part, Part] = {"records": "notes", "notes": "records"}


class Kept:
    """A database with a table in each part."""

    def __init__(self, url: str) -> None:
        self.url = url
        parsed = make_url(url)
        self.is_file = parsed.get_backend_name() == "sqlite"
        notes = parsed.set(database=f"{parsed.database}.workflows") if self.is_file else parsed
        self._engines: dict[Part, Engine] = {"records": create_engine(url, poolclass=NullPool), "notes": create_engine(notes, poolclass=NullPool)}
        self._tables: dict[Part, str] = {"records": "changes", "notes": "changes" if self.is_file else '"work"."changes"'}
        for part in OTHER:
            self._prepare(part)

    def _prepare(self, part: Part) -> None:
        with self._engines[part].begin() as connection:
            if self.is_file:
                connection.execute(text("PRAGMA journal_mode=WAL"))
            elif part == "notes":
                connection.execute(text("CREATE SCHEMA work"))
            connection.execute(text(f"CREATE TABLE {self._tables[part]} (number INTEGER)"))

    def write(self, part: Part) -> None:
        with self._engines[part].begin() as connection:
            connection.execute(text(f"INSERT INTO {self._tables[part]} VALUES (1)"))  # noqa: S608  (our own names)

    def count(self, part: Part) -> int:
        with self._engines[part].connect() as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {self._tables[part]}")).scalar_one())  # noqa: S608


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with own_server() as running:
        yield running.get_uri(driver="psycopg")


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    if request.param == "sqlite":
        yield Kept(f"sqlite:///{tmp_path / 'platform.sqlite'}")
        return
    fresh = FreshDatabase.create(request.getfixturevalue("server"))
    yield Kept(fresh.url)
    fresh.drop()


@contextmanager
def stopped(storage: Storage, part: Part) -> Iterator[None]:
    asyncio.run(storage.stop(part))
    yield
    asyncio.run(storage.go_on_everywhere())


@pytest.mark.parametrize("part", OTHER)
def test_who_writes_where_nothing_moves_waits_until_it_goes_on(kept: Kept, part: Part) -> None:
    with ThreadPoolExecutor(1) as beside:
        with stopped(Storage(kept.url), part):
            writing: Future[None] = beside.submit(kept.write, part)
            kept.write(OTHER[part])
            assert (kept.count(part), kept.count(OTHER[part])) == (0, 1)
            assert not writing.done()
        writing.result()
    assert kept.count(part) == 1


def test_one_part_may_go_on_while_the_other_stands(kept: Kept) -> None:
    storage = Storage(kept.url)
    with ThreadPoolExecutor(1) as beside, stopped(storage, "records"):
        asyncio.run(storage.stop("notes"))
        noting = beside.submit(kept.write, "notes")
        asyncio.run(storage.go_on("notes"))
        noting.result()
        assert (kept.count("notes"), kept.count("records")) == (1, 0)


def test_notes_that_nobody_keeps_cannot_stand_still(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=r"nothing is kept beside platform\.sqlite"):
        asyncio.run(Storage(f"sqlite:///{tmp_path / 'platform.sqlite'}").stop("notes"))
