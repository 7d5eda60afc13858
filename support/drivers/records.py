"""The platform's records as they lie in its database: read only, through SQLAlchemy, in the platform's own column names."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Engine, MetaData, Select, Table, create_engine, event, inspect, select

Rows = tuple[Mapping[str, Any], ...]


@cache
def records_at(url: str) -> Records:
    """The database of that address, whose tables have the same columns for as long as this process lives."""
    return Records(url)


class Records:
    """The database. Nothing can be written through it: the connection itself refuses."""

    def __init__(self, url: str) -> None:
        self._engine = _read_only(url)
        self._tables: dict[str, Table] = {}

    async def of(self, table: str, **where: object) -> Rows:
        """The rows of a table that match, in the order of their primary key; nothing of another customer unless asked for."""
        return await asyncio.to_thread(self._selected, table, where)

    async def owned_by(self, customer_id: str) -> Mapping[str, Rows]:
        """Everything that is on record of the customer, by table, in the order of primary keys."""
        return await asyncio.to_thread(self._owned, customer_id)

    async def tables(self) -> tuple[str, ...]:
        """The name of every table there is."""
        return await asyncio.to_thread(self._names)

    def close(self) -> None:
        """Gives the connections back; the next look opens others, for another database may lie there by then."""
        self._engine.dispose()

    def _selected(self, name: str, where: Mapping[str, object]) -> Rows:
        table = self._table(name)
        query = select(table).order_by(*table.primary_key.columns)
        for column, value in where.items():
            query = query.where(table.c[column].in_(value) if isinstance(value, list | tuple) else table.c[column] == value)
        with self._engine.connect() as connection:
            return _rows(connection, query)

    def _owned(self, customer_id: str) -> Mapping[str, Rows]:
        owners = {name: "id" if name == "customers" else "customer_id" for name in self._names()}
        with self._engine.connect() as connection:
            return {
                name: _rows(connection, select(table).where(table.c[owner] == customer_id).order_by(*table.primary_key.columns))
                for name, owner in owners.items()
                if owner in (table := self._table(name)).c
            }

    def _names(self) -> tuple[str, ...]:
        return tuple(sorted(inspect(self._engine).get_table_names()))

    def _table(self, name: str) -> Table:
        if name not in self._tables:
            found = inspect(self._engine)  # only what is asked for below: reflecting whole tables takes ten times as long
            key = found.get_pk_constraint(name)["constrained_columns"]
            columns = (Column(told["name"], told["type"], primary_key=told["name"] in key) for told in found.get_columns(name))
            self._tables[name] = Table(name, MetaData(), *columns)
        return self._tables[name]


def _rows(connection: Connection, query: Select[Any]) -> Rows:
    found = connection.execute(query)
    names = tuple(found.keys())
    return tuple(dict(zip(names, row, strict=True)) for row in found)


def _read_only(url: str) -> Engine:
    engine = create_engine(url)

    def refuse_writing(connection: Any, _record: object) -> None:  # noqa: ANN401  (the driver's own connection)
        cursor = connection.cursor()
        cursor.execute("PRAGMA query_only = ON" if engine.dialect.name == "sqlite" else "SET default_transaction_read_only = on")
        cursor.close()
        if engine.dialect.name != "sqlite":
            connection.commit()

    event.listen(engine, "connect", refuse_writing)
    return engine
