"""Defects of resilience."""

from __future__ import annotations

from decimal import Decimal
from secrets import token_hex
from typing import Any

from support.sabotage.breaking import Broken, at_start, instead_of, tell
from support.sabotage.registry import defect, patch


@defect("REQ-RES-001", "nodes that were launched just before the end are forgotten, and others launched")
def last_launch_forgotten() -> None:
    patch("support.platform.optimizations.nodes:Nodes.adopt", lambda _: lambda _self: None)
    patch("support.platform.optimizations.launching:Order.token", lambda _: property(lambda _self: token_hex(20)))


@defect("REQ-RES-001", "a change that was interrupted is booked as worth nothing")
def interrupted_is_worth_nothing() -> None:
    interrupted: set[str] = set()
    at_start(lambda _engine, record: interrupted.add(record.id))

    @instead_of("support.platform.optimizations.engine:Engine.complete")
    def forgetful(complete: Broken, engine: Any, optimization_id: str) -> None:
        from support.platform.optimizations import ending

        if optimization_id in interrupted:
            engine.journal.close(optimization_id, ending.completed(engine, Decimal(0)))
        else:
            complete(engine, optimization_id)


@defect("REQ-RES-001", "what was told before the end is told again after it")
def beginning_told_again() -> None:
    at_start(lambda engine, record: tell(engine, record, "optimization_started", {"type": record.type}))


@defect("REQ-RES-001", "an approval is forgotten when the end comes before its change has begun")
def unbegun_forgotten() -> None:
    unbegun: set[str] = set()
    at_start(lambda _engine, record: unbegun.update({record.id} if record.status == "pending" else ()))

    @instead_of("support.platform.optimizations.journal:Journal.begin")
    def forgetful(begin: Broken, journal: Any, optimization_id: str) -> Any:
        return None if optimization_id in unbegun else begin(journal, optimization_id)


@defect("REQ-RES-001", "a saving is booked again when the end came before that was noted as done")
def booking_repeated() -> None:
    @instead_of("support.platform.optimizations.engine:Engine.carry_out")
    def again(carry_out: Broken, engine: Any, optimization_id: str) -> None:
        before = engine.journal.read(optimization_id)
        carry_out(engine, optimization_id)
        if before.status == "completed":
            tell(engine, before, "savings_booked", {})
