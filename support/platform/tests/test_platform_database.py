"""The database's own promises."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import object_session

from support.platform.database import Database, Gathered, NestedSession, add_now, after_commit, change_now, gathered, record_of, row_now
from support.platform.engines import KEPT
from support.platform.tables import Customer, Event, Optimization


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path}/platform.db")
    made.create_all()
    yield made
    made.close()


def northwind() -> Customer:
    return Customer(id="cus_1", company_name="Northwind", plan="pro", status="active", external_id="x", settings={}, created_at=datetime.now(UTC))


def fail_half_way(database: Database) -> None:
    with database.session() as session:
        session.add(northwind())
        session.flush()
        raise LookupError


def test_a_table_is_written_when_a_row_of_it_is_durable(database: Database) -> None:
    before = database.written(Customer, Optimization)
    with database.session() as session:
        session.add(northwind())
        session.flush()
        assert database.written(Customer, Optimization) == before
    after = database.written(Customer, Optimization)
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_what_is_written_at_once_is_noted_like_everything_else_and_complete(database: Database) -> None:
    first = database.written(Customer)
    with database.session() as session:
        add_now(session, northwind())
    second = database.written(Customer)
    with database.session() as session:
        known = session.get_one(Customer, "cus_1")
        assert (known.version, known.settings, known.deleted_at) == (1, {}, None)
        session.expunge(known)
        change_now(session, known, settings={"preference": "none"}, version=2)
        assert known.version == 2
    assert len({first, second, database.written(Customer)}) == 3
    with database.asking() as connection:
        found = record_of(Customer, connection.execute(select(Customer.__table__, Customer.id)).one())
    assert (found.id, found.version, found.settings, found.company_name) == ("cus_1", 2, {"preference": "none"}, "Northwind")


def test_a_row_is_found_by_its_id(database: Database) -> None:
    with database.session() as session:
        add_now(session, northwind())
    with database.asking() as connection:
        found, nobody = row_now(connection, Customer, "cus_1"), row_now(connection, Customer, "cus_2")
    assert found is not None
    assert (found.company_name, found.deleted_at, nobody) == ("Northwind", None, None)


def test_what_is_gathered_is_written_together_before_the_commit_or_not_at_all(database: Database) -> None:
    written: list[Gathered] = []

    def write(connection: Connection, rows: Gathered) -> None:
        assert connection.in_transaction()
        written.append({key: list(of_key) for key, of_key in rows.items()})

    with database.session() as session:
        gathered(session, write).setdefault("one", []).append({"number": 1})
        gathered(session, write).setdefault("one", []).append({"number": 2})
        assert written == []
        after_commit(session, lambda: written.append({}))
    with suppress(LookupError), database.session() as session:
        gathered(session, write).setdefault("one", []).append({"number": 3})
        raise LookupError
    assert written == [{"one": [{"number": 1}, {"number": 2}]}, {}]


def test_what_is_rolled_back_was_not_written(database: Database) -> None:
    before = database.written(Customer)
    with pytest.raises(LookupError):
        fail_half_way(database)
    assert database.written(Customer) == before
    with database.reading() as session:
        assert session.get(Customer, "cus_1") is None


def test_reading_writes_nothing(database: Database) -> None:
    with database.session() as session:
        session.add(northwind())
    before = database.written(Customer, Event)
    with database.session() as session:
        assert session.get_one(Customer, "cus_1").company_name == "Northwind"
    assert database.written(Customer, Event) == before


def test_a_reading_transaction_sees_what_was_there_when_it_began(database: Database) -> None:
    with database.asking() as connection:
        assert connection.scalars(select(Customer.id)).all() == []
        with database.session() as session:
            session.add(northwind())
        assert connection.scalars(select(Customer.id)).all() == []
    with database.asking() as connection:
        assert connection.scalars(select(Customer.id)).all() == ["cus_1"]


def test_who_may_write_keeps_others_from_writing_before_it_has_written(database: Database) -> None:
    other = sqlite3.connect(database.url.removeprefix("sqlite:///"), timeout=0)
    with closing(other), database.session() as session:
        session.get(Customer, "cus_1")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_hooks_run_once_the_transaction_is_durable(database: Database) -> None:
    found: list[bool] = []

    def look() -> None:
        with database.reading() as session:
            found.append(session.get(Customer, "cus_1") is not None)

    with database.session() as session:
        session.add(northwind())
        after_commit(session, look)
        assert found == []
    assert found == [True]


def test_a_writing_session_inside_another_one_is_refused(database: Database) -> None:
    with database.session(), pytest.raises(NestedSession), database.session():
        pass


def test_statements_alone_see_what_is_durable_and_keep_nothing(database: Database) -> None:
    with database.session() as session:
        session.add(northwind())
    with database.asking() as connection:
        assert connection.scalar(select(Customer.company_name)) == "Northwind"
        connection.execute(delete(Customer))
    with database.reading() as session:
        assert session.get(Customer, "cus_1") is not None


def test_what_a_statement_finds_comes_in_its_order_and_outside_every_session(database: Database) -> None:
    with database.session() as session:
        for name in ("b", "a"):
            customer = northwind()
            customer.id = customer.company_name = name
            add_now(session, customer)
    wanted = select(Customer.__table__).where(Customer.id != bindparam("but")).order_by(Customer.id)
    found = database.found(Customer, wanted, but="c")
    assert [one.company_name for one in found] == ["a", "b"]
    assert all(object_session(one) is None for one in found)
    assert database.found(Customer, wanted, but="a")[0].id == "b"


def test_what_went_wrong_in_one_transaction_does_not_stay_for_the_next(database: Database) -> None:
    for _ in range(2):
        with pytest.raises(IntegrityError), database.session() as session:
            session.connection().execute(insert(Customer), {"id": "cus_1"})
        with suppress(LookupError), database.session() as session:
            add_now(session, northwind())
            raise LookupError
    with database.session() as session:
        add_now(session, northwind())
    database.close()
    with database.session() as session:
        assert session.get_one(Customer, "cus_1").company_name == "Northwind"


def test_who_asks_at_the_same_time_has_a_connection_of_its_own_and_sees_no_earlier_moment(database: Database) -> None:
    wanted = select(Customer.id)
    with ExitStack() as asking:
        connections = [asking.enter_context(database.asking()) for _ in range(KEPT + 2)]
        assert [connection.scalars(wanted).all() for connection in connections] == [[]] * len(connections)
        assert len({id(connection) for connection in connections}) == len(connections)
    with database.session() as session:
        add_now(session, northwind())
    for _ in range(2):
        with database.asking() as first, database.asking() as second:
            assert first.scalars(wanted).all() == second.scalars(wanted).all() == ["cus_1"]
