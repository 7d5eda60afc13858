"""A model server's /metrics: vLLM's names, in Prometheus' text format."""

from __future__ import annotations

import itertools
import operator
from fractions import Fraction

from support.world.models.behaviour import Behaviour
from support.world.models.latency import BOUNDS_MS, Spread
from support.world.models.meters import Meter
from support.world.models.settings import EngineSettings

PROMPT_TOKENS, GENERATED_TOKENS = 220, 140
"""Tokens of a request, on average."""
FIRST_TOKEN_SHARE = 0.2
"""Part of a request's latency that passes before its first token."""
FAMILIES = {"vllm:e2e_request_latency_seconds": 1.0, "vllm:time_to_first_token_seconds": FIRST_TOKEN_SHARE}
BUCKETS = {
    family: [f'{family}_bucket{{le="{bound}",@}} ' for bound in (*(f"{bound * scale / 1000:g}" for bound in BOUNDS_MS), "+Inf")]
    for family, scale in FAMILIES.items()
}
"""The lines of each histogram, without their counts."""


def exposition(meter: Meter, behaviour: Behaviour, spread: Spread, settings: EngineSettings) -> str:
    """The page. `metrics` of the behaviour: `missing` leaves vLLM's families out, `nan` gives no value a number."""
    process = ["# TYPE process_start_time_seconds gauge", "process_start_time_seconds 1772438400"]
    if behaviour.metrics == "missing":
        return "\n".join(process) + "\n"
    lines = [*process, *_counters(meter), *_histograms(meter), *_gauges(meter, behaviour, spread, settings)]
    label = f'model_name="{settings.model}"'
    text = "\n".join(lines).replace("@", label) + "\n"
    if behaviour.metrics == "nan":
        return "\n".join(line if line.startswith("#") else f"{line.rpartition(' ')[0]} NaN" for line in text.splitlines()) + "\n"
    return text


def _counters(meter: Meter) -> list[str]:
    requests = meter.answered + meter.aborted
    stopped = meter.answered - meter.answered // 4
    return [
        "# HELP vllm:request_success_total Count of finished requests.",
        "# TYPE vllm:request_success_total counter",
        f'vllm:request_success_total{{finished_reason="stop",@}} {stopped}',
        f'vllm:request_success_total{{finished_reason="length",@}} {meter.answered - stopped}',
        f'vllm:request_success_total{{finished_reason="abort",@}} {meter.aborted}',
        "# HELP vllm:request_failure_total Count of requests that ended in an error.",
        "# TYPE vllm:request_failure_total counter",
        f"vllm:request_failure_total{{@}} {meter.failed}",
        "# TYPE vllm:prompt_tokens_total counter",
        f"vllm:prompt_tokens_total{{@}} {requests * PROMPT_TOKENS}",
        "# TYPE vllm:generation_tokens_total counter",
        f"vllm:generation_tokens_total{{@}} {meter.answered * GENERATED_TOKENS}",
    ]


def _histograms(meter: Meter) -> list[str]:
    lines: list[str] = []
    counts = [str(count) for count in itertools.accumulate(meter.buckets)]
    for family, scale in FAMILIES.items():
        lines.append(f"# TYPE {family} histogram")
        lines.extend(map(operator.add, BUCKETS[family], counts))
        lines.extend((f"{family}_count{{@}} {counts[-1]}", f"{family}_sum{{@}} {meter.latency_seconds * scale:.6f}"))
    return lines


def _gauges(meter: Meter, behaviour: Behaviour, spread: Spread, settings: EngineSettings) -> list[str]:
    in_flight = float(meter.rate) * spread.mean() / 1000
    running = min(in_flight, float(settings.max_num_seqs))
    load = (behaviour.utilization or 0.0) / 100 if meter.rate != Fraction(0) else 0.0
    cache = min(0.99, load * 0.9 * (0.9 / max(settings.gpu_memory_utilization, 0.1)) * (0.5 if settings.kv_cache_dtype.startswith("fp8") else 1.0))
    hits = float(behaviour.cache_hit_rate or 0) if settings.enable_prefix_caching else 0.0
    values = {
        "vllm:num_requests_running": round(running, 3),
        "vllm:num_requests_waiting": round(max(in_flight - running, 0.0), 3),
        "vllm:gpu_cache_usage_perc": round(cache, 4),
        "vllm:kv_cache_usage_perc": round(cache, 4),
        "vllm:gpu_prefix_cache_hit_rate": round(hits, 4),
    }
    return [line for name, value in values.items() for line in (f"# TYPE {name} gauge", f"{name}{{@}} {value:g}")]
