"""Defects of what a rollback leaves on record, claims and remembers, and of its interruption."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from secrets import token_hex
from typing import Any

from support.sabotage.breaking import Broken, at_start, instead_of, tell
from support.sabotage.registry import defect, patch

JOURNAL = "support.platform.optimizations.journal:Journal"


@defect("REQ-RBK-009", "the audit trail does not show which steps were undone")
def undone_in_silence() -> None:
    @instead_of(f"{JOURNAL}._audit")
    def silent(audit: Broken, self: Any, session: Any, row: Any, action: str, details: Any, **more: Any) -> None:
        if action != "step_undone":
            audit(self, session, row, action, details, **more)


@defect("REQ-RBK-009", "the audit trail does not show who asked for a rollback")
def asked_by_nobody() -> None:
    def broken(turn_back: Callable[..., None]) -> Callable[..., None]:
        return lambda self, session, row, failure: turn_back(self, session, row, failure.model_copy(update={"user": "system"}))

    patch(f"{JOURNAL}.turn_back", broken)


@defect("REQ-RBK-010", "a rollback that could not be completed is reported as done")
def failure_reported_as_success() -> None:
    patch("support.platform.optimizations.ending:taken_back", lambda taken_back: lambda engine, _differences, *known: taken_back(engine, [], *known))


@defect("REQ-RBK-010", "nobody is alerted to a rollback that failed")
def alarm_is_off() -> None:
    patch("support.platform.optimizations.ending:raise_alert", lambda _: lambda *_arguments, **_more: None)


@defect("REQ-RBK-010", "a rollback that failed claims to have restored the fleet")
def restored_claimed() -> None:
    @instead_of("support.platform.optimizations.ending:_not_restored")
    def claiming(not_restored: Broken, engine: Any, session: Any, row: Any, differences: Any) -> None:
        not_restored(engine, session, row, differences)
        row.result = {"restored": True}


@defect("REQ-RBK-011", "a booked saving stays in the book after the rollback")
def booking_survives() -> None:
    from sqlalchemy import false

    patch("support.platform.optimizations.ending:_UNBOOK", lambda unbook: unbook.where(false()))


@defect("REQ-RBK-011", "what a change promised is booked when it is taken back")
def promise_booked_on_rollback() -> None:
    _booked_on_rollback(Decimal(1))


@defect("REQ-SPT-013", "a migration that is taken back is booked with the saving of its first wave")
def first_wave_booked() -> None:
    _booked_on_rollback(Decimal("0.1"))


def _booked_on_rollback(share: Decimal) -> None:
    """That share of what a change promised is booked when it is taken back."""

    @instead_of("support.platform.optimizations.ending:_conclude")
    def generous(conclude: Broken, engine: Any, session: Any, row: Any, *rest: Any) -> None:
        from support.platform.tables import Saving

        if row.status == "rolled_back":
            promised, now = Decimal(str(row.plan["predicted"])), engine.services.clock.now()
            booking = {"predicted": promised, "booked": promised * share, "booked_at": now}
            session.add(Saving(id=f"sav_{row.id}", customer_id=row.customer_id, optimization_id=row.id, **booking))
        conclude(engine, session, row, *rest)


@defect("REQ-RBK-012", "each wish for a rollback is told as a rollback of its own")
def every_wish_is_told() -> None:
    def again(services: Any, row: Any) -> None:
        from support.platform.optimizations.service import engine_of

        with services.database.session() as session:
            engine_of(services).journal.tell(session, session.merge(row), "rollback_started", {"trigger": "customer", "cause": "again", "step": None})

    _asked_again(again)


@defect("REQ-RBK-012", "asked again, the traffic is moved again")
def every_wish_moves_traffic() -> None:
    def again(services: Any, row: Any) -> None:
        from support.platform.optimizations.service import engine_of

        change: Any = engine_of(services).change(row.id)
        change.site.account.elbv2.modify_listener(ListenerArn=change.snapshot.listener_arn, DefaultActions=change.snapshot.actions)

    _asked_again(again)


def _asked_again(act: Callable[[Any, Any], None]) -> None:
    """Has the platform do something more when it is asked for a rollback that is under way or over."""

    @instead_of("support.platform.optimizations.service:roll_back")
    def eager(roll_back: Broken, services: Any, optimization_id: str, *rest: Any) -> Any:
        from support.platform.tables import Optimization

        with services.database.reading() as session:
            row = session.get_one(Optimization, optimization_id)
        if row.status in {"rolling_back", "rolled_back"}:
            act(services, row)
        return roll_back(services, optimization_id, *rest)


@defect("REQ-RBK-013", "there is no cool-down")
def advice_without_memory() -> None:
    patch("support.platform.optimizations.service:cooling_down", lambda _: lambda *_arguments: None)


@defect("REQ-RBK-013", "the cool-down lasts a day too long")
def cool_down_too_long() -> None:
    patch("support.platform.optimizations.service:COOL_DOWN", lambda week: week + timedelta(days=1))


@defect("REQ-RBK-013", "a change that was taken back is not remembered")
def failure_forgotten() -> None:
    patch("support.platform.optimizations.ending:remember", lambda _: lambda *_arguments: None)


@defect("REQ-RBK-014", "a rollback that was interrupted is given up before its last step")
def interrupted_is_given_up() -> None:
    interrupted: set[str] = set()
    _at_start_on_the_way_back(lambda _engine, record: interrupted.add(record.id))

    @instead_of("support.platform.optimizations.engine:Engine.undo")
    def giving_up(undo: Broken, engine: Any, optimization_id: str, step: str) -> bool:
        last = engine.change(optimization_id).steps[0]
        return not (optimization_id in interrupted and step == last) and bool(undo(engine, optimization_id, step))


@defect("REQ-RBK-014", "a rollback that was interrupted is told again from its beginning")
def interrupted_is_told_again() -> None:
    again = {"trigger": "customer", "cause": "again", "step": None}
    _at_start_on_the_way_back(lambda engine, record: tell(engine, record, "rollback_started", again))


def _at_start_on_the_way_back(act: Callable[[Any, Any], None]) -> None:
    """A platform that starts does this for each rollback that was under way."""
    at_start(lambda engine, record: act(engine, record) if record.status == "rolling_back" else None)


@defect("REQ-RBK-014", "a platform that starts again launches again what it had launched")
def launched_again() -> None:
    patch("support.platform.optimizations.launching:Order.token", lambda _: property(lambda _self: token_hex(20)))
