"""The record of a change: every state it passes through, written together with its event and its audit entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Row, Table, and_, bindparam, select, update
from sqlalchemy.orm import Session

from support.platform.database import change_now, record_of
from support.platform.locking import lock_customer, lock_owner
from support.platform.optimizations.documents import Failure, Node, Plan, Snapshot
from support.platform.recommendations.service import mark
from support.platform.services import Services
from support.platform.tables import Customer, Optimization, OptimizationStep
from support.platform.vocabulary import EventSource, EventType, OptimizationStatus

ENTITY = "optimization"
SYSTEM = "system"
MOST_KEPT = 64
"""Records that are asked for again before anything was written are not read again."""
UNDER_WAY: tuple[OptimizationStatus, ...] = ("pending", "running", "rolling_back")

_changes, _steps = cast("Table", Optimization.__table__), cast("Table", OptimizationStep.__table__)
_this_step = and_(_steps.c.optimization_id == bindparam("change"), _steps.c.name == bindparam("step"))
_customers = cast("Table", Customer.__table__)
_OF_CHANGE = len(_changes.columns)
"""So many columns of a record are the change's, the others are its customer's."""
_RECORDS = select(_changes, _customers).join_from(_changes, _customers, _customers.c.id == _changes.c.customer_id)
_RECORD = _RECORDS.where(_changes.c.id == bindparam("change"))
_UNFINISHED = _RECORDS.where(_changes.c.status.in_(UNDER_WAY)).order_by(_changes.c.created_at, _changes.c.id)
_LOCKED = select(_changes).where(_changes.c.id == bindparam("change")).with_for_update(key_share=True)
_NEXT = (
    select(_steps.c.name, _steps.c.status, _steps.c.started_at)
    .join_from(_steps, _changes, _changes.c.id == _steps.c.optimization_id)
    .where(_changes.c.id == bindparam("change"), _changes.c.status == "running", _steps.c.status != "completed")
    .order_by(_steps.c.position)
    .limit(1)
)
_BEGUN = (
    select(_steps.c.name)
    .where(_steps.c.optimization_id == bindparam("change"), _steps.c.status.not_in(("pending", "undone")))
    .order_by(_steps.c.position.desc())
)
_STEP = select(_steps.c.status, _steps.c.started_at, _steps.c.outcome).where(_this_step)
_SET_STEP = update(_steps).where(_this_step)


@dataclass(frozen=True)
class Record:
    """A change as it stands at one moment."""

    id: str
    type: str
    status: OptimizationStatus
    customer: Customer
    plan: Plan
    snapshot: Snapshot | None
    nodes: tuple[Node, ...]
    recommendation_id: str | None
    resolution_id: str | None
    rolled_back_from: str | None
    begun_at: datetime | None

    @property
    def serving(self) -> tuple[Node, ...]:
        """The nodes that the change launched and has not released."""
        return tuple(node for node in self.nodes if node.released_at is None)


@dataclass(frozen=True)
class Begun:
    """A step that is being taken. `resumed`: a former process may have taken a part of it."""

    name: str
    resumed: bool


class Journal:
    """Reads and writes records. Each writing method is one transaction; what it says has happened is durable when it returns."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._read = lru_cache(maxsize=MOST_KEPT)(self._read_at)

    def read(self, optimization_id: str) -> Record:
        """The record; LookupError if there is none."""
        return self._read(optimization_id, self._services.database.written(Optimization, Customer))

    def _read_at(self, optimization_id: str, _written: tuple[int, ...]) -> Record:
        with self._services.database.asking() as connection:
            found = connection.execute(_RECORD, {"change": optimization_id}).one_or_none()
        if found is None:
            raise LookupError(f"there is no optimization {optimization_id}")
        return _record(found)

    def unfinished(self) -> list[Record]:
        """Every change that has not come to an end, oldest first."""
        with self._services.database.asking() as connection:
            return [_record(found) for found in connection.execute(_UNFINISHED)]

    def begin(self, optimization_id: str) -> Begun | None:
        """From pending to running, told once. Answers the step that is being taken from now on, as `_go_on` does."""
        with self._services.database.session() as session:
            row = locked(session, optimization_id)
            if row.status == "pending":
                change_now(session, row, status="running", started_at=self._services.clock.now())
                if row.recommendation_id is not None:
                    mark(session, row.recommendation_id, "executing")
                self.tell(session, row, "optimization_started", {"type": row.type})
            return self._go_on(session, _change_of(row))

    def to_undo(self, optimization_id: str) -> list[str]:
        """The names of the steps that were begun and are not undone, last first."""
        with self._services.database.asking() as connection:
            return list(connection.scalars(_BEGUN, {"change": optimization_id}))

    def step_begun(self, optimization_id: str, name: str) -> datetime:
        """When the step was started, by whichever process; the present moment if it was not."""
        return self._step(optimization_id, name).started_at or self._services.clock.now()

    def step_completed(self, optimization_id: str, name: str, outcome: dict[str, Any]) -> Begun | None:
        """The step was taken. Answers the step that is being taken from now on, as `_go_on` does."""
        with self._of_step(optimization_id) as (session, change):
            _set_step(session, optimization_id, name, status="completed", finished_at=self._services.clock.now(), outcome=outcome)
            self._tell(session, change, "step_completed", {"step": name})
            return self._go_on(session, change)

    def step_failed(self, optimization_id: str, failure: Failure) -> None:
        """The step failed; unless nothing was changed, the change goes back from here."""
        assert failure.step is not None
        with self._services.database.session() as session:
            row = locked(session, optimization_id)
            _set_step(session, optimization_id, failure.step, status="failed", finished_at=self._services.clock.now(), error=failure.cause)
            self.tell(session, row, "step_failed", {"step": failure.step, "cause": failure.cause, "trigger": failure.trigger})
            if failure.ends == "failed":
                change_now(session, row, cause=failure.cause)
            else:
                self.turn_back(session, row, failure)

    def step_stopped(self, optimization_id: str, name: str, outcome: str) -> None:
        """The step was interrupted because the change is to go back: neither completed nor failed by itself."""
        with self._of_step(optimization_id) as (session, _):
            _set_step(session, optimization_id, name, status="failed", finished_at=self._services.clock.now(), error=outcome)

    def turn_back(self, session: Session, row: Optimization, failure: Failure) -> None:
        """The change goes back from now on, in the caller's transaction. Saying so again changes nothing."""
        if row.status == "rolling_back":
            return
        plan = Plan.model_validate(row.plan).model_copy(update={"failure": failure}).json_object()
        change_now(session, row, rolled_back_from=row.status, status="rolling_back", cause=failure.cause, plan=plan)
        details = {"trigger": failure.trigger, "cause": failure.cause, "step": failure.step}
        self.tell(session, row, "rollback_started", details, user=failure.user)

    def step_undone(self, optimization_id: str, name: str, outcome: dict[str, Any]) -> None:
        """What the step did is undone."""
        with self._of_step(optimization_id) as (session, change):
            step = session.connection().execute(_STEP, {"change": optimization_id, "step": name}).one()
            kept = {**(step.outcome or {}), "undone": outcome}
            _set_step(session, optimization_id, name, status="undone", finished_at=self._services.clock.now(), outcome=kept)
            self._tell(session, change, "step_undone", {"step": name})
            self._audit(session, change, "step_undone", {"step": name, **outcome})

    def undo_failed(self, optimization_id: str, name: str, why: str) -> None:
        """The step cannot be undone; the step says so."""
        with self._of_step(optimization_id) as (session, change):
            _set_step(session, optimization_id, name, error=f"cannot be undone: {why}")
            self._audit(session, change, "step_not_undone", {"step": name, "cause": why})

    def keep_decided(self, optimization_id: str, decided: Mapping[str, Any], snapshot: Snapshot | None = None) -> None:
        """Keeps these fields of the plan, and the snapshot where one was taken; what others have put into the plan meanwhile stays."""
        with self._services.database.session() as session:
            row = locked(session, optimization_id)
            plan = Plan.model_validate(row.plan).model_copy(update=dict(decided))
            taken = {} if snapshot is None else {"snapshot": snapshot.json_object()}
            change_now(session, row, plan=plan.json_object(), **taken)

    def add_nodes(self, optimization_id: str, nodes: Iterable[Node]) -> None:
        """Keeps instances that the change launched; one that is known already stays as it is."""

        def added(known: dict[str, Node]) -> None:
            for node in nodes:
                known.setdefault(node.instance_id, node)

        self._change_nodes(optimization_id, added)

    def release_nodes(self, optimization_id: str, instance_ids: Iterable[str]) -> None:
        """The change has no more use for these instances from now on. To be said before they are terminated."""
        now = self._services.clock.now()

        def released(known: dict[str, Node]) -> None:
            for instance_id in instance_ids:
                node = known[instance_id]
                if node.released_at is None:
                    known[instance_id] = node.model_copy(update={"released_at": now})

        self._change_nodes(optimization_id, released)

    def step_outcome(self, optimization_id: str, name: str) -> dict[str, Any]:
        """What was kept when the step was taken; empty if it was not."""
        return self._step(optimization_id, name).outcome or {}

    def close(self, optimization_id: str, write: Callable[[Session, Optimization], None]) -> bool:
        """Ends the change in one transaction that the caller fills, unless it decides otherwise; does nothing if it has ended already.

        Answers whether the change has ended. The caller sets the record's status and result, which are written last, and what else it wants by
        statements.
        """
        with self._services.database.session() as session:
            row = locked(session, optimization_id)
            if row.status in UNDER_WAY:
                write(session, row)
                if row.status not in UNDER_WAY:
                    change_now(session, row, status=row.status, result=row.result, finished_at=self._services.clock.now())
            return row.status not in UNDER_WAY

    def _change_nodes(self, optimization_id: str, change: Callable[[dict[str, Node]], None]) -> None:
        with self._services.database.session() as session:
            row = locked(session, optimization_id)
            known = {node.instance_id: node for node in nodes_of(row)}
            change(known)
            change_now(session, row, resources=[node.json_object() for node in known.values()])

    def _tell(self, session: Session, change: _Change, event: EventType, payload: dict[str, Any]) -> None:
        whole = {"optimization_id": change.id, "recommendation_id": change.recommendation_id, **payload}
        self._services.events.publish(session, change.customer_id, event, cast("EventSource", change.agent_type), whole)

    def tell(self, session: Session, row: Optimization, event: EventType, payload: dict[str, Any], *, user: str = SYSTEM) -> None:
        """An event of this change and an audit entry of the same name, in the caller's transaction."""
        change = _change_of(row)
        self._tell(session, change, event, payload)
        self._audit(session, change, event, payload, user=user)

    def _audit(self, session: Session, change: _Change, action: str, details: dict[str, Any], *, user: str = SYSTEM) -> None:
        self._services.audit.record(session, change.customer_id, user, action, ENTITY, change.id, details)

    def _go_on(self, session: Session, change: _Change) -> Begun | None:
        """The first step that is not completed is being taken, told once. None if all are completed, or if the change is not to go on."""
        step = session.connection().execute(_NEXT, {"change": change.id}).one_or_none()
        if step is None:
            return None
        _set_step(session, change.id, step.name, status="running", error=None, started_at=step.started_at or self._services.clock.now())
        if step.status == "pending":
            self._tell(session, change, "step_started", {"step": step.name})
        return Begun(step.name, resumed=step.status != "pending")

    @contextmanager
    def _of_step(self, optimization_id: str) -> Iterator[tuple[Session, _Change]]:
        """A writing transaction about a step, and whose step it is. What was read of that before does not change; the customer is locked."""
        record = self.read(optimization_id)
        with self._services.database.session() as session:
            lock_customer(session, record.customer.id)
            yield session, _Change(record.id, record.customer.id, record.recommendation_id, record.plan.agent_type)

    def _step(self, optimization_id: str, name: str) -> Row[str, datetime | None, dict[str, Any] | None]:
        with self._services.database.asking() as connection:
            return connection.execute(_STEP, {"change": optimization_id, "step": name}).one()


@dataclass(frozen=True)
class _Change:
    """What of a change is told with everything that happens to it, and never changes."""

    id: str
    customer_id: str
    recommendation_id: str | None
    agent_type: str


def _change_of(row: Optimization) -> _Change:
    return _Change(row.id, row.customer_id, row.recommendation_id, row.plan["agent_type"])


def locked(session: Session, optimization_id: str) -> Optimization:
    """The change as it is now, locked after its customer, for those who change it by statements. The object belongs to no session."""
    lock_owner(session, Optimization, optimization_id)
    return record_of(Optimization, session.connection().execute(_LOCKED, {"change": optimization_id}).one())


def _set_step(session: Session, optimization_id: str, name: str, **values: Any) -> None:  # noqa: ANN401  of each column its own type
    session.connection().execute(_SET_STEP, {"change": optimization_id, "step": name, **values})


def nodes_of(row: Optimization) -> tuple[Node, ...]:
    """The nodes that are kept in a row."""
    return tuple(Node.model_validate(kept) for kept in row.resources)


def _record(found: Row[Any]) -> Record:
    """What was read of a change and of its customer."""
    row, customer = record_of(Optimization, found), record_of(Customer, found[_OF_CHANGE:])
    return Record(
        id=row.id,
        type=row.type,
        status=cast("OptimizationStatus", row.status),
        customer=customer,
        plan=Plan.model_validate(row.plan),
        snapshot=Snapshot.model_validate(row.snapshot) if row.snapshot else None,
        nodes=nodes_of(row),
        recommendation_id=row.recommendation_id,
        resolution_id=row.resolution_id,
        rolled_back_from=row.rolled_back_from,
        begun_at=row.started_at,
    )
