"""What other rooms ask of changes: start them, stop them, take them back."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.orm import Session

from support.platform import correlation, ids
from support.platform.clock import Clock
from support.platform.database import add_now
from support.platform.optimizations import ending
from support.platform.optimizations.documents import Failure, Plan
from support.platform.optimizations.journal import locked
from support.platform.optimizations.locks import DEPLOYMENT, take_locks
from support.platform.optimizations.scripts import STEPS
from support.platform.problems import conflict
from support.platform.services import Services
from support.platform.tables import Instance, Optimization, OptimizationStep, Recommendation

if TYPE_CHECKING:
    from support.platform.optimizations.engine import Engine

COOL_DOWN = timedelta(days=7)
ENDED_BACK = ("rolled_back", "rollback_failed")

_ADD_STEPS = insert(cast("Table", OptimizationStep.__table__))
_changes = cast("Table", Optimization.__table__)
_KNOWN = select(_changes.c.id).where(_changes.c.recommendation_id == bindparam("recommendation"))

_engines: WeakKeyDictionary[Clock, Engine] = WeakKeyDictionary()
_engines_lock = threading.Lock()


def engine_of(services: Services) -> Engine:
    """The engine of this platform."""
    from support.platform.optimizations.engine import Engine

    with _engines_lock:
        if services.clock not in _engines:
            _engines[services.clock] = Engine(services)
        return _engines[services.clock]


def start(services: Services, session: Session, recommendation_ids: Sequence[str], *, trigger: str, resolution_id: str | None = None) -> str:
    """As `start_in_order`; answers the first change."""
    return start_in_order(services, session, recommendation_ids, trigger=trigger, resolution_id=resolution_id)[0]


def start_in_order(
    services: Services, session: Session, recommendation_ids: Sequence[str], *, trigger: str, resolution_id: str | None = None
) -> list[str]:
    """Makes one change of each recommendation, in the caller's transaction, and answers their ids in the same order.

    The first begins once the transaction is durable, each following one when the one before it has completed; if that one does not complete,
    the rest are cancelled. A recommendation that has its change already keeps it. Refusal 409 `resource_busy` if another change works on a
    resource of the first; 409 `not_executable` for a type that nothing here can carry out.
    """
    engine, before = engine_of(services), None
    made: list[str] = []
    for recommendation_id in recommendation_ids:
        recommendation = session.get_one(Recommendation, recommendation_id)
        known = session.connection().scalars(_KNOWN, {"recommendation": recommendation_id}).first()
        if known is None:
            known = _make(engine, session, recommendation, trigger, resolution_id, before)
        made.append(known)
        before = known
    return made


def _make(engine: Engine, session: Session, recommendation: Recommendation, trigger: str, resolution_id: str | None, after: str | None) -> str:
    if recommendation.type not in STEPS:
        raise conflict("not_executable", f"A {recommendation.type.replace('_', ' ')} is nothing that OptiInfra carries out.")
    services = engine.services
    plan = Plan(
        deployment=_deployment(session, recommendation),
        affected=tuple(recommendation.affected_resources),
        agent_type=recommendation.agent_type,
        title=recommendation.title,
        predicted=recommendation.estimated_savings,
        details=recommendation.details,
        features=recommendation.details.get("features") or {},
        after=after,
        correlation_id=correlation.current(),
        approved_by=recommendation.decided_by or "system",
    )
    made = Optimization(
        id=ids.new_id("opt"),
        customer_id=recommendation.customer_id,
        recommendation_id=recommendation.id,
        resolution_id=resolution_id,
        type=recommendation.type,
        status="pending",
        trigger=trigger,
        plan=plan.json_object(),
        resources=[],
        created_at=services.clock.now(),
    )
    session.flush()  # what it refers to
    add_now(session, made)
    steps = [{"id": ids.new_id("stp"), "position": position, "name": name} for position, name in enumerate(STEPS[made.type])]
    session.connection().execute(_ADD_STEPS, [{**step, "optimization_id": made.id, "status": "pending"} for step in steps])
    if after is None:
        held = take_locks(session, made.customer_id, plan, made.id)
        if held:
            raise conflict("resource_busy", f"Another change works on the same resources: {', '.join(held)}. Approve again when it has ended.")
        engine.start_after_commit(session, made.id)
    return made.id


def _deployment(session: Session, recommendation: Recommendation) -> str | None:
    named = recommendation.details.get("deployment")
    if isinstance(named, str):
        return named
    for resource in recommendation.affected_resources:
        if resource.startswith(DEPLOYMENT):
            return resource.removeprefix(DEPLOYMENT)
    wanted = select(Instance.deployment).where(
        Instance.customer_id == recommendation.customer_id, Instance.instance_id.in_(recommendation.affected_resources)
    )
    return next((name for name in session.scalars(wanted) if name), None)


def cooling_down(session: Session, customer_id: str, fingerprint: str, now: datetime) -> datetime | None:
    """Until when the same recommendation is not to be made again, because a change of it was taken back; None if it may be."""
    wanted = (
        select(Optimization.finished_at)
        .join(Recommendation, Recommendation.id == Optimization.recommendation_id)
        .where(Optimization.customer_id == customer_id, Recommendation.fingerprint == fingerprint, Optimization.status.in_(ENDED_BACK))
    )
    moments = [finished for finished in session.scalars(wanted) if finished is not None]
    until = max(moments) + COOL_DOWN if moments else None
    return until if until is not None and now < until else None


def roll_back(services: Services, optimization_id: str, user: str, reason: str | None) -> str:
    """The customer wants the change taken back, while it runs or after it was completed. Answers the status; asked twice it changes nothing more."""
    return _stop(services, optimization_id, user, reason or "the customer asked for it", cancelling=False)


def cancel(services: Services, optimization_id: str, user: str, reason: str | None) -> str:
    """The customer does not want the change any more: one that has not begun never begins, one that runs is taken back and ends cancelled."""
    return _stop(services, optimization_id, user, reason or "the customer cancelled it", cancelling=True)


def _stop(services: Services, optimization_id: str, user: str, reason: str, *, cancelling: bool) -> str:
    engine = engine_of(services)
    failure = Failure(step=None, cause=reason, trigger="customer", user=user, ends="cancelled" if cancelling else "rolled_back")
    with services.database.session() as session:
        row = locked(session, optimization_id)
        if row.status == "pending":
            _never_begin(engine, session, row, reason, user)
        elif row.status == "running":
            engine.journal.turn_back(session, row, failure)
            engine.nudge_after_commit(session, row.id)
        elif row.status == "completed" and not cancelling:
            _go_back(engine, session, row, failure)
        elif row.status in {"completed", "failed"}:
            raise conflict("not_reversible", f"The change has {row.status}: there is nothing to take back.")
        return row.status


def _never_begin(engine: Engine, session: Session, row: Optimization, reason: str, user: str) -> None:
    ending.cancel(engine, session, row, reason, user)
    ending.cancel_following(engine, session, row)


def _go_back(engine: Engine, session: Session, row: Optimization, failure: Failure) -> None:
    held = take_locks(session, row.customer_id, Plan.model_validate(row.plan), row.id)
    if held:
        raise conflict("resource_busy", f"Another change works on the same resources: {', '.join(held)}. Ask again when it has ended.")
    engine.journal.turn_back(session, row, failure)
    engine.take_back_after_commit(session, row.id)
