"""How changes end: what is recorded, told, booked and learnt, all in the transaction that ends them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, cast

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.orm import Session

from support.platform.database import add_now, after_commit, change_now, record_of
from support.platform.ids import new_id
from support.platform.learning.service import remember
from support.platform.optimizations.documents import Plan
from support.platform.optimizations.locks import give_back_locks, holders, resources_of, take_locks
from support.platform.portal.alerts import raise_alert
from support.platform.recommendations.service import mark
from support.platform.tables import Optimization, Saving
from support.platform.values import money_text
from support.platform.vocabulary import OptimizationStatus, RecommendationStatus

if TYPE_CHECKING:
    from support.platform.optimizations.engine import Engine

Ending = Callable[[Session, Optimization], None]

_changes, _savings = cast("Table", Optimization.__table__), cast("Table", Saving.__table__)
_WAITING = select(_changes).where(_changes.c.customer_id == bindparam("customer"), _changes.c.status == "pending").order_by(_changes.c.created_at)
_UNBOOK = delete(_savings).where(_savings.c.optimization_id == bindparam("change"))

LEAVE_ALL_AS_IT_IS = frozenset({"stay_on_demand"})
"""After these the fleet is what it was: it need not be looked at again."""


def completed(engine: Engine, saving: Decimal, basis: Sequence[str] = ()) -> Ending:
    """Every step was taken: the saving is booked, with what it rests on. A change that somebody wants back since its last step has not ended."""

    def write(session: Session, row: Optimization) -> None:
        if row.status == "rolling_back":
            return
        plan = Plan.model_validate(row.plan)
        row.status = "completed"
        row.result = {"predicted_savings": money_text(plan.predicted), "realized_savings": money_text(saving), "basis": list(basis)}
        now = engine.services.clock.now()
        if saving:
            ids = {"id": new_id("sav"), "customer_id": row.customer_id, "optimization_id": row.id}
            add_now(session, Saving(**ids, predicted=plan.predicted, booked=saving, booked_at=now))
        engine.journal.tell(session, row, "optimization_completed", row.result)
        if saving:
            engine.journal.tell(session, row, "savings_booked", {"monthly_saving": money_text(saving)})
        _conclude(engine, session, row, "completed", "success", saving)
        if row.type not in LEAVE_ALL_AS_IT_IS:
            _look_again(engine, session, row.customer_id)
        _start_waiting(engine, session, row)

    return write


def failed(engine: Engine) -> Ending:
    """The change ended without having changed anything."""

    def write(session: Session, row: Optimization) -> None:
        row.status, row.result = "failed", {"changed": False}
        engine.journal.tell(session, row, "optimization_failed", {"cause": row.cause})
        _conclude(engine, session, row, "failed", "failed", Decimal(0))
        _start_waiting(engine, session, row)
        cancel_following(engine, session, row)

    return write


def taken_back(engine: Engine, differences: Sequence[str], known_as: str | None = None) -> Ending:
    """The steps were undone: what is restored is claimed, and what is not raises an alarm.

    `known_as` is the record of the deployment as it is again, to the last instance. While that is still its record nobody need look again.
    """

    def write(session: Session, row: Optimization) -> None:
        plan = Plan.model_validate(row.plan)
        assert plan.failure is not None
        session.connection().execute(_UNBOOK, {"change": row.id})
        details = {"trigger": plan.failure.trigger, "cause": row.cause}
        if differences:
            _not_restored(engine, session, row, differences)
        else:
            row.status, row.result = plan.failure.ends, {"restored": True, **details}
            engine.journal.tell(session, row, "rollback_completed", details)
            if row.status == "cancelled":
                engine.journal.tell(session, row, "optimization_cancelled", details)
        ends: RecommendationStatus = "failed" if differences else "rolled_back"
        _conclude(engine, session, row, ends, row.status, Decimal(0))
        _look_again(engine, session, row.customer_id, known_as)
        _start_waiting(engine, session, row)
        cancel_following(engine, session, row)

    return write


def _not_restored(engine: Engine, session: Session, row: Optimization, differences: Sequence[str]) -> None:
    row.status, row.result = "rollback_failed", {"restored": False, "differences": list(differences)}
    engine.journal.tell(session, row, "rollback_failed", {"cause": row.cause, "differences": list(differences)})
    told = f"The rollback of {row.type.replace('_', ' ')} could not be completed; please look at your fleet: {'; '.join(differences)}"
    raise_alert(engine.services, session, row.customer_id, "rollback_failed", "high", told, row.id)


def _conclude(engine: Engine, session: Session, row: Optimization, status: RecommendationStatus, outcome: str, saving: Decimal) -> None:
    plan = Plan.model_validate(row.plan)
    if row.recommendation_id is not None:
        mark(session, row.recommendation_id, status)
    if status != "failed" or outcome == "rollback_failed":
        remember(engine.services, session, row.customer_id, row.type, plan.features, outcome, plan.predicted, saving, row.id)
    give_back_locks(session, row.id)


def _look_again(engine: Engine, session: Session, customer_id: str, known_as: str | None = None) -> None:
    """The fleet is not what it was, or not what the last look found: infrastructure, spend and advice follow it."""
    from support.platform.fleet.service import look_again

    services = engine.services
    look = partial(look_again, services, customer_id, known_as)
    after_commit(session, lambda: services.jobs.run(f"look at the fleet of {customer_id}", look))


def _waiting(session: Session, customer_id: str) -> list[Optimization]:
    return [record_of(Optimization, row) for row in session.connection().execute(_WAITING, {"customer": customer_id})]


def _following(session: Session, row: Optimization) -> list[Optimization]:
    return [one for one in _waiting(session, row.customer_id) if Plan.model_validate(one.plan).after == row.id]


def _start_waiting(engine: Engine, session: Session, row: Optimization) -> None:
    """What waited for nothing but its resources begins, if they are free now.

    So does what waited for this change, if it has completed, or waits on if somebody else works on its resources.
    """
    for one in _waiting(session, row.customer_id):
        plan = Plan.model_validate(one.plan)
        follows = plan.after == row.id and row.status == "completed"
        if follows or (plan.after is None and not holders(session, row.customer_id, resources_of(session, row.customer_id, plan))):
            begin_waiting(engine, session, one)


def begin_waiting(engine: Engine, session: Session, row: Optimization) -> bool:
    """Starts a change that waited for its turn, if its resources are free now."""
    plan = Plan.model_validate(row.plan)
    if plan.after is not None:
        change_now(session, row, plan=plan.model_copy(update={"after": None}).json_object())
    if take_locks(session, row.customer_id, plan, row.id):
        return False
    engine.start_after_commit(session, row.id)
    return True


def cancel_following(engine: Engine, session: Session, row: Optimization) -> None:
    """What was to follow this change is not begun, and neither is what follows that."""
    for following in _following(session, row):
        cancel(engine, session, following, f"{row.type} {row.id}, which comes first, ended {row.status}")
        cancel_following(engine, session, following)


def cancel(engine: Engine, session: Session, row: Optimization, cause: str, user: str = "system") -> None:
    """A change that has not begun will not begin."""
    status: OptimizationStatus = "cancelled"
    change_now(session, row, status=status, cause=cause, finished_at=engine.services.clock.now(), result={"changed": False})
    engine.journal.tell(session, row, "optimization_cancelled", {"cause": cause}, user=user)
    if row.recommendation_id is not None:
        mark(session, row.recommendation_id, "failed")
    give_back_locks(session, row.id)
