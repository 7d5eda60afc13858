"""Counters are read exactly, compared between moments, and never guessed."""

from __future__ import annotations

from decimal import Decimal

from support.platform.optimizations.health import Count
from support.platform.telemetry.exposition import Reading, Traffic, between, read

TEXT = """# HELP vllm:request_success_total Count of successfully processed requests.
# TYPE vllm:request_success_total counter
vllm:request_success_total{finished_reason="stop",model_name="m"} 90.0
vllm:request_success_total{finished_reason="length",model_name="m"} 5.0
vllm:request_success_total{finished_reason="abort",model_name="m"} 4.0
vllm:request_failure_total{model_name="m"} 1.0
vllm:e2e_request_latency_seconds_bucket{le="0.5",model_name="m"} 50.0
vllm:e2e_request_latency_seconds_bucket{le="1.0",model_name="m"} 100.0
vllm:e2e_request_latency_seconds_bucket{le="+Inf",model_name="m"} 100.0
vllm:e2e_request_latency_seconds_count{model_name="m"} 100.0
"""


def test_requests_are_counted_by_how_they_ended() -> None:
    reading = read(TEXT)
    assert (reading.answered, reading.aborted, reading.failed) == (95, 4, 1)
    assert reading.buckets == {Decimal("0.5"): 50, Decimal("1.0"): 100, Decimal("Infinity"): 100}


def test_what_is_missing_or_not_a_number_stays_unknown() -> None:
    assert read("") == Reading(None, 0, None, None)
    spoilt = read(TEXT.replace("90.0", "NaN").replace("} 50.0", "} NaN"))
    assert spoilt.answered is None
    assert spoilt.buckets is None


def test_two_readings_give_the_traffic_between_them() -> None:
    before = {"a": Reading(100, 0, 0, {Decimal(1): 100})}
    after = {"a": Reading(190, 6, 4, {Decimal(1): 200}), "b": Reading(100, 0, 0, {Decimal(1): 100})}
    traffic = between(before, after)
    assert traffic.answered == Count(190, 200)
    assert traffic.failed == Count(4, 200)
    assert traffic.buckets == {Decimal(1): 200}


def test_a_server_that_started_again_is_counted_from_zero() -> None:
    assert between({"a": Reading(500, 0, 0, {})}, {"a": Reading(20, 0, 0, {})}).answered == Count(20, 20)


def test_one_silent_server_makes_the_whole_wave_unknown() -> None:
    good = Reading(500, 0, 0, {Decimal(1): 1})
    assert between({}, {"a": good, "b": Reading()}) == Traffic(None, None, None)
    assert between({}, {}) == Traffic(None, None, None)


def test_quantiles_are_interpolated_within_a_bucket() -> None:
    traffic = Traffic(None, None, {Decimal("0.5"): 50, Decimal("1.0"): 100, Decimal("Infinity"): 100})
    assert traffic.quantile_ms(Decimal("0.95")) == Decimal(950)
    assert traffic.quantile_ms(Decimal("0.25")) == Decimal(250)


def test_a_quantile_beyond_the_last_bound_or_of_nothing_is_unknown() -> None:
    assert Traffic(None, None, {Decimal(1): 10, Decimal("Infinity"): 100}).quantile_ms(Decimal("0.95")) is None
    assert Traffic(None, None, {Decimal(1): 0}).quantile_ms(Decimal("0.95")) is None
