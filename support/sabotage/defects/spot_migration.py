"""Defects of spot migration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from support.sabotage.breaking import Broken, instead_of
from support.sabotage.registry import defect, patch


@defect("REQ-SPT-007", "all of the traffic moves with the first wave")
def all_traffic_at_once() -> None:
    def broken(waves: Callable[..., Any]) -> Callable[..., Any]:
        return lambda replaced, fleet: tuple(replace(wave, weight=100) for wave in waves(replaced, fleet))

    patch("support.platform.optimizations.waves:waves", broken)


@defect("REQ-SPT-007", "the second wave is left out")
def second_wave_skipped() -> None:
    @instead_of("support.platform.optimizations.waves:waves")
    def two(waves: Broken, replaced: int, fleet: int) -> Any:
        first, _, last = waves(replaced, fleet)
        return first, last, last


@defect("REQ-SPT-009", "an unhealthy wave is followed by the next")
def unhealthy_is_good_enough() -> None:
    patch("support.platform.optimizations.health:broken", lambda _: lambda *_seen: ())


@defect("REQ-SPT-009", "the second wave is not watched at all")
def watch_cut_short() -> None:
    patch("support.platform.optimizations.watch:SAMPLES", lambda _: 1)


@defect("REQ-SPT-010", "spot nodes are given traffic before they can answer")
def traffic_before_readiness() -> None:
    @instead_of("support.platform.optimizations.migration:SpotMigration._serve")
    def served(serve: Broken, change: Any, wave: int, group: str, weights: Any) -> None:
        change.site.shift(change.snapshot.listener_arn, weights)
        serve(change, wave, group, weights)


@defect("REQ-SPT-013", "the prediction is booked as the actual saving")
def prediction_booked() -> None:
    @instead_of("support.platform.optimizations.ending:completed")
    def ending(completed: Broken, engine: Any, _saving: Decimal, *basis: Any) -> Any:
        def write(session: Any, row: Any) -> None:
            predicted = Decimal(str(row.plan["predicted"]))
            completed(engine, predicted * Decimal("1.03"), *basis)(session, row)

        return write


@defect("REQ-SPT-013", "the booked saving is one percent too high")
def booking_too_high() -> None:
    def broken(completed: Callable[..., Any]) -> Callable[..., Any]:
        return lambda engine, saving, *basis: completed(engine, (saving * Decimal("1.01")).quantize(Decimal("0.01")), *basis)

    patch("support.platform.optimizations.ending:completed", broken)
