"""Defects of resilience."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from secrets import token_hex
from typing import Any

from support.sabotage.registry import defect, patch


@defect("REQ-RES-001", "nodes that were launched just before the end are forgotten, and others launched")
def last_launch_forgotten() -> None:
    patch("support.platform.optimizations.nodes:Nodes.adopt", lambda _: lambda _self: None)
    patch("support.platform.optimizations.launching:Order.token", lambda _: property(lambda _self: token_hex(20)))


@defect("REQ-RES-001", "a change that was interrupted is booked as worth nothing")
def interrupted_is_worth_nothing() -> None:
    interrupted: set[str] = set()

    def remembering(opened: Callable[..., None]) -> Callable[..., None]:
        def start(self: Any) -> None:  # noqa: ANN401 - as the original
            interrupted.update(record.id for record in self.journal.unfinished())
            opened(self)

        return start

    def broken(complete: Callable[..., None]) -> Callable[..., None]:
        def forgetful(self: Any, optimization_id: str) -> None:  # noqa: ANN401 - as the original
            from support.platform.optimizations import ending

            if optimization_id in interrupted:
                self.journal.close(optimization_id, ending.completed(self, Decimal(0)))
            else:
                complete(self, optimization_id)

        return forgetful

    patch("support.platform.optimizations.engine:Engine.open", remembering)
    patch("support.platform.optimizations.engine:Engine.complete", broken)


@defect("REQ-RES-001", "what was told before the end is told again after it")
def beginning_told_again() -> None:
    def broken(opened: Callable[..., None]) -> Callable[..., None]:
        def start(self: Any) -> None:  # noqa: ANN401 - as the original
            from support.platform.tables import Optimization

            for record in self.journal.unfinished():
                with self.services.database.session() as session:
                    self.journal.tell(session, session.get_one(Optimization, record.id), "optimization_started", {"type": record.type})
            opened(self)

        return start

    patch("support.platform.optimizations.engine:Engine.open", broken)
