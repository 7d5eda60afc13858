"""Where the platform keeps what must survive it: parts of it can be made to stand still, as a disk does that no longer writes.

There are two parts: its own records, and what its workflow engine notes of how far each change has come. On SQLite each is a file, the
notes beside the records; on PostgreSQL each is a schema of one database.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, create_engine, inspect, make_url
from sqlalchemy.pool import NullPool

Part = Literal["records", "notes"]

SYSTEM_SCHEMAS = frozenset({"information_schema", "pg_catalog"})
BESIDE_A_FILE = ("-wal", "-shm", "-journal")
"""How the names of files end that SQLite makes for itself."""


class Storage:
    """The platform's database. What stands still can be read by everybody and written by nobody; whoever wants to write waits."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._holders: dict[Part, list[tuple[Connection, Engine]]] = {}

    async def stop(self, part: Part) -> None:
        """From now on nothing is written there; on return every writing that was under way is done. LookupError where nothing is kept there."""
        await asyncio.to_thread(self._stop, part)

    async def go_on(self, part: Part) -> None:
        """Whoever waits may write. Does nothing where nothing stands still."""
        await asyncio.to_thread(self._go_on, part)

    async def go_on_everywhere(self) -> None:
        """As `go_on`, for each part."""
        for part in tuple(self._holders):
            await self.go_on(part)

    def _stop(self, part: Part) -> None:
        holders = self._holders[part] = []
        is_file = make_url(self._url).get_backend_name() == "sqlite"
        for url in self._files(part) if is_file else [self._url]:
            engine = create_engine(url, poolclass=NullPool, connect_args={"check_same_thread": False} if is_file else {})
            connection = engine.connect()
            holders.append((connection, engine))
            connection.exec_driver_sql("BEGIN IMMEDIATE" if is_file else f"LOCK TABLE {', '.join(_tables(engine, part))} IN SHARE ROW EXCLUSIVE MODE")

    def _go_on(self, part: Part) -> None:
        for connection, engine in self._holders.pop(part, []):
            connection.rollback()
            connection.close()
            engine.dispose()

    def _files(self, part: Part) -> list[str]:
        records = make_url(self._url)
        if part == "records":
            return [self._url]
        own = Path(str(records.database))
        beside = sorted(path for path in own.parent.glob(f"{own.name}.*") if not path.name.endswith(BESIDE_A_FILE))
        if not beside:
            raise LookupError(f"nothing is kept beside {own.name}")
        return [records.set(database=str(path)).render_as_string(hide_password=False) for path in beside]


def _tables(engine: Engine, part: Part) -> list[str]:
    found = inspect(engine)
    own = found.default_schema_name
    schemas = [own] if part == "records" else [name for name in found.get_schema_names() if name != own and name not in SYSTEM_SCHEMAS]
    quoted = engine.dialect.identifier_preparer.quote
    tables = [f"{quoted(str(schema))}.{quoted(table)}" for schema in schemas for table in found.get_table_names(schema=schema)]
    if not tables:
        raise LookupError(f"no table holds the {part}")
    return tables
