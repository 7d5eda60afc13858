"""The performance agent: engines short of cache memory, latency close to its objective, and its opinion on moves to spot capacity. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

from support.platform.agents.cost import features
from support.platform.fleet.views import Fleet, Policy, Workload, monthly_cost
from support.platform.recommendations.findings import Finding, Opinion
from support.platform.values import money_text, ratio_text
from support.platform.vocabulary import Risk

CACHE_FULL_FROM = Decimal("0.90")
DEFAULT_MEMORY_SHARE = Decimal("0.90")
LARGEST_MEMORY_SHARE = Decimal("0.95")
NEAR_OBJECTIVE = Decimal("0.90")
"""From this share of the latency objective on, a change of the ground under the service is not advised."""

CONFIDENCE = Decimal("0.80")


def findings(fleet: Fleet, offered: Collection[str]) -> list[Finding]:
    """What would make the service better, or worse. `offered` are the deployments that somebody recommends to move to spot capacity."""
    return [*_cache(fleet), *_stays(fleet, offered)]


def opinion(workload: Workload, policy: Policy) -> Opinion:
    """What to think of moving the deployment to spot capacity of the same kind.

    Rejected where latency breaks its objective already, since no wave could be healthy; pending while the figures are missing.
    """
    serving = workload.serving
    if serving.requests is None:
        return Opinion("performance", "pending", "The model servers give no figures.")
    if serving.requests == 0:
        return Opinion("performance", "approved", "The planned capacity is of the same kind and at least as large; there is no traffic yet.")
    if serving.p95_ms is None or serving.p99_ms is None:
        return Opinion("performance", "pending", "The model servers give no latency.")
    limits = (("p95", serving.p95_ms, policy.p95_objective_ms), ("p99", serving.p99_ms, policy.p99_objective_ms))
    told = {name: f"{name} latency is {round(seen)} ms, the objective {round(limit)} ms" for name, seen, limit in limits}
    broken = [told[name] for name, seen, limit in limits if seen > limit]
    if broken:
        return Opinion("performance", "rejected", f"{' and '.join(broken)}: it is broken before anything is changed.")
    return Opinion("performance", "approved", f"The planned capacity is of the same kind and at least as large; {'; '.join(told.values())}.")


def _cache(fleet: Fleet) -> Iterator[Finding]:
    for workload in fleet.workloads:
        usage, waiting = workload.serving.cache_usage, workload.serving.waiting
        if usage is None or waiting is None or usage < CACHE_FULL_FROM or waiting <= 0:
            continue
        changes, risk = _more_cache(workload)
        if changes:
            yield Finding(
                type="kv_cache_tuning",
                agent_type="performance",
                scope=workload.name,
                title=f"Give {workload.name} more KV cache: requests wait for memory",
                risk=risk,
                saving=Decimal(0),
                confidence=CONFIDENCE,
                resources=(f"deployment:{workload.name}", *sorted(node.instance_id for node in workload.nodes)),
                details={
                    "deployment": workload.name,
                    "setting_changes": changes,
                    "bottleneck": "kv cache",
                    "waiting_requests": ratio_text(round(waiting, 2)),
                    "cache_usage": ratio_text(round(usage, 4)),
                },
                features=features(workload, workload.nodes, discount=Decimal(0)),
            )


def _more_cache(workload: Workload) -> tuple[dict[str, Any], Risk]:
    """The mildest change that is left: more of the memory, reuse of common beginnings, then smaller entries. Nothing if all are in use."""
    present = workload.engine_args
    changes: dict[str, Any] = {}
    if Decimal(str(present.get("gpu_memory_utilization", DEFAULT_MEMORY_SHARE))) < LARGEST_MEMORY_SHARE:
        changes["gpu_memory_utilization"] = float(LARGEST_MEMORY_SHARE)
    if not present.get("enable_prefix_caching", False):
        changes["enable_prefix_caching"] = True
    if changes:
        return changes, "medium"
    if present.get("kv_cache_dtype", "auto") == "auto":
        return {"kv_cache_dtype": "fp8"}, "high"
    return {}, "low"


def _stays(fleet: Fleet, offered: Collection[str]) -> Iterator[Finding]:
    for workload in fleet.workloads:
        reason = _reason_to_stay(workload, fleet.policy)
        if workload.name in offered and reason is not None:
            cost = money_text(monthly_cost(workload.nodes))
            yield Finding(
                type="stay_on_demand",
                agent_type="performance",
                scope=workload.name,
                title=f"Keep {workload.name} on demand: {reason}",
                risk="low",
                saving=Decimal(0),
                confidence=CONFIDENCE,
                resources=tuple(sorted(node.instance_id for node in workload.nodes if node.on_demand)),
                details={"deployment": workload.name, "current_monthly_cost": cost, "projected_monthly_cost": cost, "reason": reason},
                features=features(workload, workload.nodes, discount=Decimal(0)),
            )


def _reason_to_stay(workload: Workload, policy: Policy) -> str | None:
    if policy.preference == "performance":
        return "the customer puts performance first"
    p95 = workload.serving.p95_ms
    if p95 is not None and p95 >= policy.p95_objective_ms * NEAR_OBJECTIVE:
        return f"p95 latency is {round(p95)} ms with an objective of {round(policy.p95_objective_ms)} ms"
    return None
