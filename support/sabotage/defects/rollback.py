"""Defects of rollback: what sets it off, what it restores, and for whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from support.sabotage.breaking import Broken, instead_of
from support.sabotage.registry import defect, patch

MIGRATION = "support.platform.optimizations.migration:SpotMigration"
JOURNAL = "support.platform.optimizations.journal:Journal"


@defect("REQ-RBK-002", "quality may fall by ten percent before anything happens")
def quality_floor_too_low() -> None:
    def broken(degraded: Callable[..., bool]) -> Callable[..., bool]:
        return lambda baseline, now, floor: degraded(baseline, now, floor - type(floor)("0.05"))

    patch("support.platform.optimizations.health:degraded", broken)


@defect("REQ-RBK-002", "quality that falls to the floor rolls the change back")
def floor_rolls_back() -> None:
    @instead_of("support.platform.optimizations.health:degraded")
    def strict(degraded: Broken, baseline: Any, now: Any, floor: Any) -> bool:
        return bool(degraded(baseline, now, floor + type(floor)("0.001")))


@defect("REQ-RBK-002", "the probe takes every answer for a right one")
def every_answer_is_right() -> None:
    patch("support.platform.telemetry.probe:KnownPrompt.answered_by", lambda _: lambda *_seen: True)


@defect("REQ-RBK-001", "a failing step ends the change without taking it back")
def failure_is_the_end() -> None:
    patch("support.platform.optimizations.engine:Engine.go_back", lambda _: lambda *_arguments: None)


@defect("REQ-RBK-001", "the cause of a rollback is kept from the customer")
def cause_withheld() -> None:
    def broken(from_row: Callable[..., Any]) -> Callable[..., Any]:
        def silent(session: Any, row: Any) -> Any:
            return from_row(session, row).model_copy(update={"cause": None})

        return staticmethod(silent)

    patch("support.platform.optimizations.schemas:OptimizationAnswer.from_row", broken)


@defect("REQ-RBK-005", "a rollback reports success and leaves the traffic where it is")
def traffic_left_behind() -> None:
    patch(f"{MIGRATION}._restore_traffic", lambda _: lambda _self: None)
    patch("support.platform.optimizations.comparison:differences", lambda _: lambda *_seen, **_more: [])


@defect("REQ-RBK-003", "latency is not looked at")
def latency_ignored() -> None:
    def broken(judged: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *seen: tuple(breach for breach in judged(*seen) if breach[0].value != "latency")

    patch("support.platform.optimizations.health:broken", broken)


@defect("REQ-RBK-003", "an answer that comes just in time counts as late")
def objective_missed_by_meeting_it() -> None:
    def broken(judged: Callable[..., Any]) -> Callable[..., Any]:
        return lambda seen, baseline, promised: judged(seen, baseline, replace(promised, p95_ms=promised.p95_ms - 1))

    patch("support.platform.optimizations.health:broken", broken)


@defect("REQ-RBK-004", "a rollback takes its time before it begins")
def rollback_dawdles() -> None:
    @instead_of(f"{MIGRATION}._restore_traffic")
    def late(restore: Broken, self: Any) -> Any:
        self.services.clock.sleep(301)
        return restore(self)


@defect("REQ-RBK-005", "the target group that was made for spot nodes is left behind")
def target_group_left_behind() -> None:
    patch("support.platform.optimizations.site:Site.drop_group", lambda _: lambda _self, _arn: None)


@defect("REQ-RBK-005", "tuned settings are not put back, and nobody compares")
def settings_not_put_back() -> None:
    patch("support.platform.optimizations.tuning:EngineTuning.undo", lambda _: lambda _self, _step: {})
    patch("support.platform.optimizations.comparison:differences", lambda _: lambda *_seen, **_more: [])


@defect("REQ-RBK-006", "spot nodes are ended while they still have their traffic")
def ended_before_traffic_left() -> None:
    @instead_of(f"{MIGRATION}._restore_traffic")
    def hasty(restore: Broken, self: Any) -> Any:
        self.site.terminate([node.instance_id for node in self.nodes.serving()])
        return restore(self)


@defect("REQ-RBK-007", "a completed change cannot be taken back")
def completed_is_final() -> None:
    @instead_of("support.platform.optimizations.service:_go_back")
    def refused(_go_back: Broken, *_arguments: Any) -> None:
        from support.platform.problems import conflict

        raise conflict("not_reversible", "The change has completed: there is nothing to take back.")


@defect("REQ-RBK-007", "a running change goes on although the customer wants it back")
def wish_ignored() -> None:
    @instead_of(f"{JOURNAL}.turn_back")
    def deaf(turn_back: Broken, self: Any, session: Any, row: Any, failure: Any) -> None:
        if row.status != "running" or failure.trigger != "customer":
            turn_back(self, session, row, failure)

    patch("support.platform.optimizations.engine:Engine.nudge_after_commit", lambda _: lambda *_arguments: None)


@defect("REQ-RBK-008", "everything that was approved together goes back together")
def all_or_nothing() -> None:
    @instead_of("support.platform.optimizations.ending:taken_back")
    def ending(taken_back: Broken, engine: Any, *restored: Any) -> Any:
        write = taken_back(engine, *restored)

        def all_back(session: Any, row: Any) -> None:
            write(session, row)
            _take_back_siblings(engine, session, row)

        return all_back


def _take_back_siblings(engine: Any, session: Any, row: Any) -> None:
    from sqlalchemy import select

    from support.platform.optimizations import service
    from support.platform.optimizations.documents import Failure
    from support.platform.tables import Optimization

    failure = Failure(step=None, cause="another change failed", trigger="step_failed")
    for other in session.scalars(select(Optimization).where(Optimization.resolution_id == row.resolution_id, Optimization.id != row.id)):
        if other.status == "completed":
            service._go_back(engine, session, other, failure)
        elif other.status == "running":
            engine.journal.turn_back(session, other, failure)
            engine.nudge_after_commit(session, other.id)


@defect("REQ-RBK-007", "what a migration decides is written over the customer's wish to take it back")
def wish_overwritten() -> None:
    @instead_of(f"{JOURNAL}.keep_decided")
    def overwriting(keep: Broken, journal: Any, optimization_id: str, decided: Mapping[str, Any], *rest: Any) -> None:
        keep(journal, optimization_id, {**decided, "failure": None}, *rest)


@defect("REQ-RBK-007", "a change that the customer wants back while its saving is worked out is completed all the same")
def booked_all_the_same() -> None:
    @instead_of("support.platform.optimizations.ending:completed")
    def deaf(completed: Broken, *told: Any) -> Callable[[Any, Any], None]:
        write: Callable[[Any, Any], None] = completed(*told)

        def write_all_the_same(session: Any, row: Any) -> None:
            row.status = "running"
            write(session, row)

        return write_all_the_same
