"""Defects of rollback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from support.sabotage.registry import defect, patch

MIGRATION = "support.platform.optimizations.migration:SpotMigration"


@defect("REQ-RBK-002", "quality may fall by ten percent before anything happens")
def quality_floor_too_low() -> None:
    def broken(degraded: Callable[..., bool]) -> Callable[..., bool]:
        return lambda baseline, now, floor: degraded(baseline, now, floor - type(floor)("0.05"))

    patch("support.platform.optimizations.health:degraded", broken)


@defect("REQ-RBK-002", "the probe takes every answer for a right one")
def every_answer_is_right() -> None:
    patch("support.platform.telemetry.probe:KnownPrompt.answered_by", lambda _: lambda *_seen: True)


@defect("REQ-RBK-001", "a failing step ends the change without taking it back")
def failure_is_the_end() -> None:
    patch("support.platform.optimizations.durable:_go_back", lambda _: lambda *_arguments: None)


@defect("REQ-RBK-001", "the cause of a rollback is kept from the customer")
def cause_withheld() -> None:
    def broken(from_row: Callable[..., Any]) -> Callable[..., Any]:
        def silent(session: Any, row: Any) -> Any:  # noqa: ANN401 - as the original
            return from_row(session, row).model_copy(update={"cause": None})

        return staticmethod(silent)

    patch("support.platform.optimizations.schemas:OptimizationAnswer.from_row", broken)


@defect("REQ-RBK-005", "a rollback reports success and leaves the traffic where it is")
def traffic_left_behind() -> None:
    patch(f"{MIGRATION}._restore_traffic", lambda _: lambda _self: None)
    patch("support.platform.optimizations.comparison:differences", lambda _: lambda *_seen, **_more: [])
