"""Defects of quality validation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from support.sabotage.breaking import Broken, instead_of
from support.sabotage.registry import defect, patch

HEALTH = "support.platform.optimizations.health"


@defect("REQ-QLT-001", "the baseline is taken for granted instead of measured")
def baseline_assumed() -> None:
    @instead_of("support.platform.agents.quality:_measure")
    def assumed(measure: Broken, *asked: Any) -> Any:
        seen = measure(*asked)
        return seen and replace(seen, hits=seen.of)


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
    @instead_of(f"{HEALTH}:degraded")
    def inexact(_degraded: Broken, baseline: Any, now: Any, _floor: Decimal) -> bool:
        before, after = baseline.hits / baseline.of, now.hits / now.of
        return bool((before - after) / before > 0.05)


@defect("REQ-QLT-004", "an answer counts as right whatever it says")
def answers_not_read() -> None:
    patch("support.platform.telemetry.probe:KnownPrompt.answered_by", lambda _: lambda *_seen: True)


@defect("REQ-QLT-004", "whoever answers quickly is forgiven wrong answers")
def speed_makes_up_for_errors() -> None:
    @instead_of(f"{HEALTH}:broken")
    def lenient(judge: Broken, seen: Any, baseline: Any, promised: Any) -> Any:
        quick = seen.p95_ms is not None and seen.p95_ms * 2 <= promised.p95_ms
        return judge(replace(seen, right=baseline) if quick else seen, baseline, promised)


@defect("REQ-QLT-004", "whoever answers twice as fast is taken for somebody who skips work")
def speed_is_suspicious() -> None:
    @instead_of(f"{HEALTH}:broken")
    def wary(judge: Broken, seen: Any, baseline: Any, promised: Any) -> Any:
        from support.platform.optimizations.health import Trigger

        quick = seen.p95_ms is not None and seen.p95_ms * 2 <= promised.p95_ms
        return (*judge(seen, baseline, promised), *([(Trigger.QUALITY, "answers come too fast to be right")] if quick else []))


@defect("REQ-QLT-005", "errors are forgiven up to one percent")
def errors_forgiven() -> None:
    patch(f"{HEALTH}:broken", lambda judge: lambda seen, baseline, promised: judge(seen, baseline, replace(promised, error_rate=Decimal("0.01"))))


@defect("REQ-QLT-005", "the first error is one too many")
def no_error_allowed() -> None:
    patch(f"{HEALTH}:broken", lambda judge: lambda seen, baseline, promised: judge(seen, baseline, replace(promised, error_rate=Decimal(0))))


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
