"""Where the workflows are kept."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import text

from support.platform.optimizations.durable import engine_for


def test_sqlite_tells_the_milliseconds_that_dbos_asks_for_however_old_it_is(tmp_path: Path) -> None:
    engine = engine_for(f"sqlite:///{tmp_path / 'workflows.db'}")
    assert engine is not None
    with engine.connect() as connection:
        told = connection.execute(text("SELECT unixepoch('subsec')")).scalar_one()
    engine.dispose()
    assert told == pytest.approx(time.time(), abs=600)
