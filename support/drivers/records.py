"""The platform's records as they lie in its database: read only, through SQLAlchemy, in the platform's own column names."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Column, Engine, MetaData, Table, create_engine, event, inspect, select


@cache
def records_at(url: str) -> Records:
    """The database of that address, whose tables have the same columns for as long as this process lives."""
    return Records(url)


class Records:
    """The database. Nothing can be written through it: the connection itself refuses."""

    def __init__(self, url: str) -> None:
        self._engine = _read_only(url)
        self._tables: dict[str, Table] = {}

    async def of(self, table: str, **where: object) -> tuple[Mapping[str, Any], ...]:
        """The rows of a table that match, in the order of their primary key; nothing of another customer unless asked for."""
        return await asyncio.to_thread(self._selected, table, where)

    async def about(self, table: str, customer_id: str) -> tuple[Mapping[str, Any], ...]:
        """The rows of a table that belong to the customer; none where rows of that table belong to nobody."""
        if "customer_id" not in (await asyncio.to_thread(self._table, table)).c:
            return ()
        return await self.of(table, customer_id=customer_id)

    async def tables(self) -> tuple[str, ...]:
        """The name of every table there is."""
        return await asyncio.to_thread(lambda: tuple(sorted(inspect(self._engine).get_table_names())))

    async def columns(self, table: str) -> tuple[str, ...]:
        """The names of a table's columns."""
        return await asyncio.to_thread(lambda: tuple(self._table(table).c.keys()))

    def close(self) -> None:
        """Gives the connections back; the next look opens others, for another database may lie there by then."""
        self._engine.dispose()

    def _selected(self, name: str, where: Mapping[str, object]) -> tuple[Mapping[str, Any], ...]:
        table = self._table(name)
        query = select(table).order_by(*table.primary_key.columns)
        for column, value in where.items():
            query = query.where(table.c[column].in_(value) if isinstance(value, list | tuple) else table.c[column] == value)
        with self._engine.connect() as connection:
            found = connection.execute(query)
            names = tuple(found.keys())
            return tuple(dict(zip(names, row, strict=True)) for row in found)

    def _table(self, name: str) -> Table:
        if name not in self._tables:
            found = inspect(self._engine)  # only what is asked for below: reflecting whole tables takes ten times as long
            key = found.get_pk_constraint(name)["constrained_columns"]
            columns = (Column(told["name"], told["type"], primary_key=told["name"] in key) for told in found.get_columns(name))
            self._tables[name] = Table(name, MetaData(), *columns)
        return self._tables[name]


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
