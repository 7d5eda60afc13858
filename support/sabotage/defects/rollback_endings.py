"""Defects of what a rollback leaves on record, claims and remembers, and of its interruption."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from secrets import token_hex
from typing import Any

from support.sabotage.registry import defect, patch

JOURNAL = "support.platform.optimizations.journal:Journal"


@defect("REQ-RBK-009", "the audit trail does not show which steps were undone")
def undone_in_silence() -> None:
    def broken(audit: Callable[..., None]) -> Callable[..., None]:
        def silent(self: Any, session: Any, row: Any, action: str, details: Any, **more: Any) -> None:  # noqa: ANN401 - as the original
            if action != "step_undone":
                audit(self, session, row, action, details, **more)

        return silent

    patch(f"{JOURNAL}._audit", broken)


@defect("REQ-RBK-009", "the audit trail does not show who asked for a rollback")
def asked_by_nobody() -> None:
    def broken(turn_back: Callable[..., None]) -> Callable[..., None]:
        return lambda self, session, row, failure: turn_back(self, session, row, failure.model_copy(update={"user": "system"}))

    patch(f"{JOURNAL}.turn_back", broken)


@defect("REQ-RBK-010", "a rollback that could not be completed is reported as done")
def failure_reported_as_success() -> None:
    def broken(taken_back: Callable[..., Any]) -> Callable[..., Any]:
        return lambda engine, _differences: taken_back(engine, [])

    patch("support.platform.optimizations.ending:taken_back", broken)


@defect("REQ-RBK-010", "nobody is alerted to a rollback that failed")
def alarm_is_off() -> None:
    patch("support.platform.optimizations.ending:raise_alert", lambda _: lambda *_arguments, **_more: None)


@defect("REQ-RBK-010", "a rollback that failed claims to have restored the fleet")
def restored_claimed() -> None:
    def broken(not_restored: Callable[..., None]) -> Callable[..., None]:
        def claiming(engine: Any, session: Any, row: Any, differences: Any) -> None:  # noqa: ANN401 - as the original
            not_restored(engine, session, row, differences)
            row.result = {"restored": True}

        return claiming

    patch("support.platform.optimizations.ending:_not_restored", broken)


@defect("REQ-RBK-011", "a booked saving stays in the book after the rollback")
def booking_survives() -> None:
    def broken(delete: Callable[..., Any]) -> Callable[..., Any]:
        from sqlalchemy import false

        return lambda table: delete(table).where(false()) if table.__tablename__ == "savings" else delete(table)

    patch("support.platform.optimizations.ending:delete", broken)


@defect("REQ-RBK-011", "what a change promised is booked when it is taken back")
def promise_booked_on_rollback() -> None:
    def broken(conclude: Callable[..., None]) -> Callable[..., None]:
        def generous(engine: Any, session: Any, row: Any, *rest: Any) -> None:  # noqa: ANN401 - as the original
            from support.platform.tables import Saving

            if row.status == "rolled_back":
                promised, now = Decimal(str(row.plan["predicted"])), engine.services.clock.now()
                booking = {"predicted": promised, "booked": promised, "booked_at": now}
                session.add(Saving(id=f"sav_{row.id}", customer_id=row.customer_id, optimization_id=row.id, **booking))
            conclude(engine, session, row, *rest)

        return generous

    patch("support.platform.optimizations.ending:_conclude", broken)


@defect("REQ-RBK-012", "each wish for a rollback is told as a rollback of its own")
def every_wish_is_told() -> None:
    def again(services: Any, row: Any) -> None:  # noqa: ANN401 - of the broken platform
        from support.platform.optimizations.service import engine_of

        with services.database.session() as session:
            engine_of(services).journal.tell(session, session.merge(row), "rollback_started", {"trigger": "customer", "cause": "again", "step": None})

    _asked_again(again)


@defect("REQ-RBK-012", "asked again, the traffic is moved again")
def every_wish_moves_traffic() -> None:
    def again(services: Any, row: Any) -> None:  # noqa: ANN401 - of the broken platform
        from support.platform.optimizations.service import engine_of

        change: Any = engine_of(services).change(row.id)
        change.site.account.elbv2.modify_listener(ListenerArn=change.snapshot.listener_arn, DefaultActions=change.snapshot.actions)

    _asked_again(again)


def _asked_again(act: Callable[[Any, Any], None]) -> None:
    """Has the platform do something more when it is asked for a rollback that is under way or over."""

    def broken(roll_back: Callable[..., str]) -> Callable[..., str]:
        def eager(services: Any, optimization_id: str, *rest: Any) -> str:  # noqa: ANN401 - as the original
            from support.platform.tables import Optimization

            with services.database.reading() as session:
                row = session.get_one(Optimization, optimization_id)
            if row.status in {"rolling_back", "rolled_back"}:
                act(services, row)
            return roll_back(services, optimization_id, *rest)

        return eager

    patch("support.platform.optimizations.service:roll_back", broken)


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

    def remembering(opened: Callable[..., None]) -> Callable[..., None]:
        def start(self: Any) -> None:  # noqa: ANN401 - as the original
            interrupted.update(record.id for record in self.journal.unfinished() if record.status == "rolling_back")
            opened(self)

        return start

    def broken(undo: Callable[..., bool]) -> Callable[..., bool]:
        def giving_up(self: Any, optimization_id: str, step: str) -> bool:  # noqa: ANN401 - as the original
            last = self.journal.step_names(optimization_id)[0]
            return not (optimization_id in interrupted and step == last) and undo(self, optimization_id, step)

        return giving_up

    patch("support.platform.optimizations.engine:Engine.open", remembering)
    patch("support.platform.optimizations.engine:Engine.undo", broken)


@defect("REQ-RBK-014", "a rollback that was interrupted is told again from its beginning")
def interrupted_is_told_again() -> None:
    def broken(opened: Callable[..., None]) -> Callable[..., None]:
        def start(self: Any) -> None:  # noqa: ANN401 - as the original
            from support.platform.tables import Optimization

            for record in self.journal.unfinished():
                if record.status == "rolling_back":
                    with self.services.database.session() as session:
                        row = session.get_one(Optimization, record.id)
                        self.journal.tell(session, row, "rollback_started", {"trigger": "customer", "cause": "again", "step": None})
            opened(self)

        return start

    patch("support.platform.optimizations.engine:Engine.open", broken)


@defect("REQ-RBK-014", "a platform that starts again launches again what it had launched")
def launched_again() -> None:
    patch("support.platform.optimizations.launching:Order.token", lambda _: property(lambda _self: token_hex(20)))
