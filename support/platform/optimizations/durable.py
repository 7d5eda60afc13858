"""Changes as durable workflows on DBOS: what was asked for is carried out to its end, however often the process is killed on the way.

A workflow notes that it is to be carried out, and that it was. How far it has come is on the change's own record, where it is written together
with what is told of it: a second note of that could only disagree.

Imported when the first change needs it or when the platform has started, not before: importing DBOS costs 0.4 s.
"""

from __future__ import annotations

import contextvars
import sqlite3
import time
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol

from dbos import DBOS, DBOSConfig, SetWorkflowID
from sqlalchemy import Engine, create_engine, event, make_url

RECOVERY_POLL_SECONDS = 0.02
SCHEMA_SUFFIX = ".workflows"
NEVER = 86_400.0 * 365

KNOWS_SUBSECONDS = (3, 42)
"""SQLite's first release whose `unixepoch` takes 'subsec', by which DBOS tells the time on Python 3.12 and later. Debian 12 has an older one."""

BACK = ".back"
"""Ends the id of the workflow that takes a completed change back."""


class Halted(BaseException):
    """The process is stopping in the middle of a step. Not an Exception, so that the engine does not take it for the step's failure."""


class Script(Protocol):
    """What the workflows carry out. After a crash it is asked for again, and goes on where the change's record says that it was.

    Neither method raises for a failure of the change, which is on record; `Halted` when the process stops.
    """

    def carry_out(self, optimization_id: str) -> None:
        """Takes the steps in order and ends the change; undoes those that were begun, last first, as soon as one fails."""

    def take_back(self, optimization_id: str) -> None:
        """Undoes the steps of a completed change, last first."""


P = ParamSpec("P")

_script: Script | None = None


def _acting() -> Script:
    if _script is None:
        raise RuntimeError("no script is set: Durable.launch comes first")
    return _script


@DBOS.workflow(name="carry_out")
def carry_out(optimization_id: str) -> None:
    """See `Script.carry_out`."""
    _acting().carry_out(optimization_id)


@DBOS.workflow(name="take_back")
def take_back(optimization_id: str) -> None:
    """See `Script.take_back`."""
    _acting().take_back(optimization_id)


def store_of(database_url: str) -> str:
    """Where the workflows are kept: the same PostgreSQL database (schema `dbos`), or a SQLite file beside the platform's own."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return database_url
    return url.set(database=f"{url.database}{SCHEMA_SUFFIX}").render_as_string(hide_password=False)


def engine_for(url: str) -> Engine | None:
    """For SQLite, what DBOS would make, but with a write-ahead log: a note is durable without waiting for the disk three times. Otherwise None."""
    if make_url(url).get_backend_name() != "sqlite":
        return None
    engine = create_engine(url)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's connection
    connection.isolation_level = "IMMEDIATE"
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    if sqlite3.sqlite_version_info < KNOWS_SUBSECONDS:
        connection.create_function("unixepoch", 1, lambda _precision: round(time.time(), 3))


class Durable:
    """The engine of this process. One at a time: DBOS keeps its state by process."""

    def __init__(self, database_url: str, script: Script) -> None:
        self._url = store_of(database_url)
        self._script = script

    def launch(self) -> set[str]:
        """Starts the engine, which recovers at once whatever a former process has left; answers the changes of which those workflows are."""
        global _script
        _script = self._script
        self._store = engine_for(self._url)
        config: DBOSConfig = {
            "name": "optiinfra",
            "system_database_url": self._url,
            "system_database_engine": self._store,
            "application_version": "1",
            "executor_id": "platform",
            "use_listen_notify": False,
            "scheduler_polling_interval_sec": NEVER,
            "notification_listener_polling_interval_sec": NEVER,
            "log_level": "WARNING",
            "enable_otlp": False,
        }
        engine = DBOS(config=config)
        queue = engine._registry.get_internal_queue()  # noqa: SLF001  the only way to recover sooner than after a second
        queue._polling_interval_sec = RECOVERY_POLL_SECONDS  # noqa: SLF001
        DBOS.launch()
        self._engine = engine
        left = DBOS.list_workflows(status=["PENDING", "ENQUEUED"], load_input=False, load_output=False)
        return {workflow.workflow_id.removesuffix(BACK) for workflow in left}

    def rest(self) -> None:
        """Ends the threads that poll for queues, schedules and deadlines, none of which is used: an idle platform costs nothing.

        To be called when everything that a former process left has been recovered.
        """
        self._engine._background_jobs_stop_event.set()  # noqa: SLF001
        for stop in self._engine.background_thread_stop_events:
            stop.set()

    def carry_out(self, optimization_id: str) -> None:
        """Starts the change, once: starting it again does nothing."""
        self._start(optimization_id, carry_out, optimization_id)

    def take_back(self, optimization_id: str) -> None:
        """Starts to take the completed change back, once."""
        self._start(optimization_id + BACK, take_back, optimization_id)

    @staticmethod
    def _start(workflow_id: str, workflow: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        def start() -> None:
            with SetWorkflowID(workflow_id):
                DBOS.start_workflow(workflow, *args, **kwargs)

        contextvars.Context().run(start)  # not as a part of the workflow whose end starts the next one

    def close(self) -> None:
        """Ends the engine. What is under way stops where it is, and is recovered by the next process."""
        self._engine._background_threads.clear()  # noqa: SLF001  one of them sleeps for a year and would be waited for
        DBOS.destroy()
        if self._store is not None:
            self._store.dispose()
