"""Defects of quality validation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from support.sabotage.registry import defect, patch

HEALTH = "support.platform.optimizations.health"


@defect("REQ-QLT-001", "the baseline is taken for granted instead of measured")
def baseline_assumed() -> None:
    def broken(measure: Callable[..., Any]) -> Callable[..., Any]:
        def assumed(*asked: Any) -> Any:  # noqa: ANN401 - as the original
            seen = measure(*asked)
            return seen and replace(seen, hits=seen.of)

        return assumed

    patch("support.platform.agents.quality:_measure", broken)


@defect("REQ-QLT-001", "a change may begin before a baseline was measured")
def baseline_not_asked_for() -> None:
    patch("support.platform.recommendations.decisions:unfit", lambda _: lambda *_seen: None)


@defect("REQ-QLT-002", "nobody is told of a degradation while a change is watched")
def degradation_kept_secret() -> None:
    patch("support.platform.optimizations.watch:Watch._alarm", lambda _: lambda *_told: None)


@defect("REQ-QLT-002", "a wave is looked at every ten minutes")
def watch_too_lazy() -> None:
    patch("support.platform.optimizations.watch:SAMPLE_EVERY", lambda _: timedelta(minutes=10))


@defect("REQ-QLT-002", "a fleet at rest is never compared with its baseline")
def rest_unwatched() -> None:
    patch("support.platform.agents.application:alarm", lambda _: lambda *_seen: None)


@defect("REQ-QLT-003", "exactly five percent is already too much")
def floor_not_included() -> None:
    def broken(_degraded: Callable[..., bool]) -> Callable[..., bool]:
        return lambda baseline, now, floor: Decimal(now.hits * baseline.of) <= floor * Decimal(baseline.hits * now.of)

    patch(f"{HEALTH}:degraded", broken)


@defect("REQ-QLT-003", "the boundary is compared in binary fractions")
def binary_fractions() -> None:
    def broken(_degraded: Callable[..., bool]) -> Callable[..., bool]:
        def inexact(baseline: Any, now: Any, _floor: Decimal) -> bool:  # noqa: ANN401 - as the original
            before, after = baseline.hits / baseline.of, now.hits / now.of
            return bool((before - after) / before > 0.05)

        return inexact

    patch(f"{HEALTH}:degraded", broken)


@defect("REQ-QLT-004", "an answer counts as right whatever it says")
def answers_not_read() -> None:
    patch("support.platform.telemetry.probe:KnownPrompt.answered_by", lambda _: lambda *_seen: True)


@defect("REQ-QLT-004", "whoever answers quickly is forgiven wrong answers")
def speed_makes_up_for_errors() -> None:
    def broken(judge: Callable[..., Any]) -> Callable[..., Any]:
        def lenient(seen: Any, baseline: Any, promised: Any) -> Any:  # noqa: ANN401 - as the original
            quick = seen.p95_ms is not None and seen.p95_ms * 2 <= promised.p95_ms
            return judge(replace(seen, right=baseline) if quick else seen, baseline, promised)

        return lenient

    patch(f"{HEALTH}:broken", broken)


@defect("REQ-QLT-005", "errors are forgiven up to one percent")
def errors_forgiven() -> None:
    def broken(judge: Callable[..., Any]) -> Callable[..., Any]:
        return lambda seen, baseline, promised: judge(seen, baseline, replace(promised, error_rate=Decimal("0.01")))

    patch(f"{HEALTH}:broken", broken)


@defect("REQ-QLT-005", "the first error is one too many")
def no_error_allowed() -> None:
    def broken(judge: Callable[..., Any]) -> Callable[..., Any]:
        return lambda seen, baseline, promised: judge(seen, baseline, replace(promised, error_rate=Decimal(0)))

    patch(f"{HEALTH}:broken", broken)


@defect("REQ-QLT-006", "what is unknown counts as healthy")
def unknown_passes() -> None:
    patch(f"{HEALTH}:unknowns", lambda _: lambda _seen: ())


@defect("REQ-QLT-006", "ninety-nine samples are enough")
def ninety_nine_are_enough() -> None:
    patch(f"{HEALTH}:ENOUGH_SAMPLES", lambda _: 99)


@defect("REQ-QLT-006", "a hundred samples are not enough")
def a_hundred_are_not_enough() -> None:
    patch(f"{HEALTH}:ENOUGH_SAMPLES", lambda _: 101)


@defect("REQ-QLT-007", "the period that is asked for is ignored")
def period_ignored() -> None:
    patch("support.platform.telemetry.routes:_utc", lambda _: lambda _moment: None)


@defect("REQ-QLT-007", "only the baseline is kept, and no later figure")
def figures_not_kept() -> None:
    patch("support.platform.telemetry.samples:keep", lambda _: lambda *_told, **_more: None)
