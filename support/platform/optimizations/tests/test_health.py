"""Both sides of each boundary, and everything that is not known."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from support.platform.optimizations.health import Count, Finding, Objective, Observation, Trigger, Verdict, degradation, judge, worst

BASELINE = Count(1000, 1000)
LENIENT = Objective(error_rate=Decimal("0.2"))
GOOD = Observation(Count(1000, 1000), Count(0, 1000), Decimal(900), Decimal(1400), Count(1000, 1000))


def test_everything_kept_is_healthy() -> None:
    assert judge(GOOD, BASELINE, Objective()) == Finding(Verdict.HEALTHY, None, ())


@pytest.mark.parametrize(("answered", "verdict"), [(950, Verdict.HEALTHY), (949, Verdict.UNHEALTHY)])
def test_success_of_95_percent_is_enough(answered: int, verdict: Verdict) -> None:
    assert judge(replace(GOOD, answered=Count(answered, 1000)), BASELINE, LENIENT).verdict is verdict


@pytest.mark.parametrize(("right", "verdict"), [(950, Verdict.HEALTHY), (949, Verdict.UNHEALTHY)])
def test_degradation_of_exactly_5_percent_is_healthy(right: int, verdict: Verdict) -> None:
    found = judge(replace(GOOD, right=Count(right, 1000)), BASELINE, Objective())
    assert found.verdict is verdict
    assert found.trigger is (None if found.healthy else Trigger.QUALITY)


def test_degradation_is_measured_against_the_baseline_and_not_against_perfection() -> None:
    baseline = Count(900, 1000)
    assert judge(replace(GOOD, right=Count(855, 1000)), baseline, Objective()).healthy
    assert judge(replace(GOOD, right=Count(854, 1000)), baseline, Objective()).verdict is Verdict.UNHEALTHY
    assert degradation(baseline, Count(855, 1000)) == Decimal("0.05")


def test_a_fraction_that_binary_numbers_cannot_hold_is_still_exactly_5_percent() -> None:
    """(0.96 - 0.912) / 0.96 is 0.050000000000000044 in binary fractions."""
    assert judge(replace(GOOD, right=Count(912, 1000)), Count(960, 1000), Objective()).healthy


@pytest.mark.parametrize(("failed", "verdict"), [(1, Verdict.HEALTHY), (2, Verdict.UNHEALTHY)])
def test_errors_of_exactly_the_objective_are_kept(failed: int, verdict: Verdict) -> None:
    found = judge(replace(GOOD, failed=Count(failed, 1000)), BASELINE, Objective())
    assert found.verdict is verdict
    assert found.trigger is (None if found.healthy else Trigger.ERRORS)


@pytest.mark.parametrize(
    ("p95", "p99", "verdict"),
    [("1000", "1500", Verdict.HEALTHY), ("1000.1", "1400", Verdict.UNHEALTHY), ("900", "1500.1", Verdict.UNHEALTHY)],
)
def test_latency_beyond_the_objective_breaks_it(p95: str, p99: str, verdict: Verdict) -> None:
    assert judge(replace(GOOD, p95_ms=Decimal(p95), p99_ms=Decimal(p99)), BASELINE, Objective()).verdict is verdict


def test_the_customers_own_objective_counts() -> None:
    strict = Objective(p95_ms=Decimal(400))
    found = judge(GOOD, BASELINE, strict)
    assert found.trigger is Trigger.LATENCY
    assert found.reasons == ("p95 latency is 900 ms, the objective is 400 ms",)


@pytest.mark.parametrize(("samples", "verdict"), [(100, Verdict.HEALTHY), (99, Verdict.UNKNOWN)])
def test_99_samples_prove_nothing(samples: int, verdict: Verdict) -> None:
    enough = Count(samples, samples)
    assert judge(replace(GOOD, right=enough), BASELINE, Objective()).verdict is verdict
    assert judge(replace(GOOD, answered=enough, failed=Count(0, samples)), BASELINE, Objective()).verdict is verdict


@pytest.mark.parametrize("name", ["answered", "failed", "p95_ms", "p99_ms", "right"])
def test_a_missing_figure_is_unknown_and_not_healthy(name: str) -> None:
    found = judge(replace(GOOD, **{name: None}), BASELINE, Objective())
    assert found.verdict is Verdict.UNKNOWN
    assert not found.healthy


def test_too_few_bad_samples_are_unknown_and_not_unhealthy() -> None:
    assert judge(replace(GOOD, right=Count(0, 99)), BASELINE, Objective()).verdict is Verdict.UNKNOWN


def test_a_breach_outweighs_what_is_unknown() -> None:
    found = judge(replace(GOOD, p95_ms=None, right=Count(10, 1000)), BASELINE, Objective())
    assert (found.verdict, found.trigger) == (Verdict.UNHEALTHY, Trigger.QUALITY)


def test_the_worst_finding_decides() -> None:
    healthy, unknown = Finding(Verdict.HEALTHY, None, ()), Finding(Verdict.UNKNOWN, Trigger.UNKNOWN, ("few",))
    assert worst([healthy, unknown]) is unknown
    assert worst([]).verdict is Verdict.UNKNOWN
