"""Is a wave healthy? Pure: boundaries are part of the rule and are computed in decimals, never in binary fractions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from typing_extensions import TypeIs

ENOUGH_SAMPLES = 100
"""A verdict on fewer samples than this is unknown."""

LOWEST_SUCCESS = Decimal("0.950")


class Verdict(StrEnum):
    """What was found. Only `healthy` lets a change go on; `unknown` never does."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNKNOWN = "unknown"


class Trigger(StrEnum):
    """Which promise was broken."""

    QUALITY = "quality"
    ERRORS = "errors"
    LATENCY = "latency"
    UNKNOWN = "unknown_health"


@dataclass(frozen=True)
class Count:
    """How many of a number of trials ended a certain way. A fraction of two integers, so a share is exact."""

    hits: int
    of: int

    def __add__(self, other: Count) -> Count:
        return Count(self.hits + other.hits, self.of + other.of)

    @property
    def share(self) -> Decimal:
        """Hits over trials; of no trial there is no share, and asking is an error."""
        return Decimal(self.hits) / Decimal(self.of)


@dataclass(frozen=True)
class Objective:
    """What the customer was promised. Milliseconds; `quality_floor` is a share of the baseline."""

    p95_ms: Decimal = Decimal(1000)
    p99_ms: Decimal = Decimal(1500)
    error_rate: Decimal = Decimal("0.001")
    quality_floor: Decimal = Decimal("0.95")


@dataclass(frozen=True)
class Observation:
    """What was seen of a wave in a period. None is missing or not a number.

    `answered` counts requests that ended with an answer, `failed` those that ended with an error, `right` known prompts answered right.
    """

    answered: Count | None
    failed: Count | None
    p95_ms: Decimal | None
    p99_ms: Decimal | None
    right: Count | None


@dataclass(frozen=True)
class Finding:
    """The verdict, and for each rule that is not kept what was seen and what was promised, in words."""

    verdict: Verdict
    trigger: Trigger | None
    reasons: tuple[str, ...]

    @property
    def healthy(self) -> bool:
        """Whether the wave may be followed by the next."""
        return self.verdict is Verdict.HEALTHY


def degradation(baseline: Count, now: Count) -> Decimal:
    """How far quality fell below the baseline, as a share of the baseline; negative when it rose. Of a baseline of zero: 0."""
    if baseline.hits == 0:
        return Decimal(0)
    fallen = baseline.hits * now.of - now.hits * baseline.of
    return Decimal(fallen) / Decimal(baseline.hits * now.of)


def degraded(baseline: Count, now: Count, floor: Decimal) -> bool:
    """Whether quality is below that share of the baseline; exactly at the floor it is not. Integers on both sides: nothing is rounded."""
    return Decimal(now.hits * baseline.of) < floor * Decimal(baseline.hits * now.of)


def percent(share: Decimal) -> str:
    """A share as a percentage with enough digits to tell both sides of a boundary apart."""
    text = f"{share * 100:.3f}".rstrip("0").rstrip(".")
    return f"{text}%"


def broken(seen: Observation, baseline: Count, promised: Objective) -> tuple[tuple[Trigger, str], ...]:
    """The rules that the observation breaks for certain, quality first."""
    found: list[tuple[Trigger, str]] = []
    if _enough(seen.right) and degraded(baseline, seen.right, promised.quality_floor):
        lost = percent(degradation(baseline, seen.right))
        found.append((Trigger.QUALITY, f"quality is {percent(seen.right.share)}, {lost} below the baseline of {percent(baseline.share)}"))
    if _enough(seen.answered) and seen.answered.share < LOWEST_SUCCESS:
        found.append((Trigger.ERRORS, f"only {percent(seen.answered.share)} of requests succeeded, at least {percent(LOWEST_SUCCESS)} must"))
    if _enough(seen.failed) and seen.failed.share > promised.error_rate:
        found.append((Trigger.ERRORS, f"{percent(seen.failed.share)} of requests failed, at most {percent(promised.error_rate)} may"))
    if _enough(seen.answered):
        found += [
            (Trigger.LATENCY, f"{name} latency is {seen_ms:.0f} ms, the objective is {limit:.0f} ms")
            for name, seen_ms, limit in (("p95", seen.p95_ms, promised.p95_ms), ("p99", seen.p99_ms, promised.p99_ms))
            if seen_ms is not None and seen_ms > limit
        ]
    return tuple(found)


def unknowns(seen: Observation) -> tuple[str, ...]:
    """What cannot be judged, and why."""
    missing = [
        f"{name}: {'no figure' if count is None else f'{count.of} samples'}, {ENOUGH_SAMPLES} are needed"
        for name, count in (("quality", seen.right), ("success", seen.answered), ("errors", seen.failed))
        if not _enough(count)
    ]
    missing += [f"{name} latency: no figure" for name, value in (("p95", seen.p95_ms), ("p99", seen.p99_ms)) if value is None]
    return tuple(missing)


def judge(seen: Observation, baseline: Count, promised: Objective) -> Finding:
    """Unhealthy if a rule is broken for certain; unknown if any figure is missing or rests on too few samples; healthy otherwise."""
    breaches = broken(seen, baseline, promised)
    if breaches:
        return Finding(Verdict.UNHEALTHY, breaches[0][0], tuple(reason for _, reason in breaches))
    missing = unknowns(seen)
    if missing:
        return Finding(Verdict.UNKNOWN, Trigger.UNKNOWN, missing)
    return Finding(Verdict.HEALTHY, None, ())


def worst(findings: Iterable[Finding]) -> Finding:
    """Unhealthy before unknown before healthy; of equals the first. Of nothing: unknown."""
    order = (Verdict.UNHEALTHY, Verdict.UNKNOWN, Verdict.HEALTHY)
    nothing = Finding(Verdict.UNKNOWN, Trigger.UNKNOWN, ("nothing was observed",))
    return min(findings, key=lambda finding: order.index(finding.verdict), default=nothing)


def _enough(count: Count | None) -> TypeIs[Count]:
    return count is not None and count.of >= ENOUGH_SAMPLES
