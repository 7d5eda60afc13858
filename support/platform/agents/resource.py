"""The resource agent: nodes that are too large for their load, and engines that queue although memory is free. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from support.platform.agents.accelerators import capacity, memory_needed_mib
from support.platform.agents.cost import features, idle_nodes
from support.platform.fleet.views import Fleet, Node, Workload, monthly
from support.platform.recommendations.findings import Finding
from support.platform.values import money_text, ratio_text

UNDERUSED = Decimal(40)
"""A node whose average utilisation stays below this percentage may be too large."""

HEADROOM = Decimal("0.80")
"""The highest load seen may take at most this share of the smaller node."""

LEAST_GAIN = Decimal("0.10")
"""A smaller node must cost at least this share less, or the change is not worth its risk."""

CACHE_FREE_BELOW = Decimal("0.70")
SLOTS_FULL_FROM = Decimal("0.90")
DEFAULT_SLOTS = 256
MOST_SLOTS = 1024
CONFIDENCE = Decimal("0.75")
CENT = Decimal("0.01")


def findings(fleet: Fleet) -> list[Finding]:
    """Where capacity and load do not fit each other."""
    return [*_sizes(fleet), *_batches(fleet)]


def _sizes(fleet: Fleet) -> Iterator[Finding]:
    """A node that nobody uses is not made smaller: the cost agent wants it ended."""
    for workload in fleet.workloads:
        unused = idle_nodes(workload)
        yield from (found for node in workload.nodes if node not in unused and (found := _smaller(fleet, workload, node)) is not None)


def _smaller(fleet: Fleet, workload: Workload, node: Node) -> Finding | None:
    if not node.on_demand or node.utilization is None or node.peak is None or node.utilization >= UNDERUSED:
        return None
    target = _target(fleet, workload, node)
    if target is None:
        return None
    price = fleet.market.on_demand[target]
    return Finding(
        type="rightsizing",
        agent_type="resource",
        scope=f"{workload.name}/{node.instance_id}",
        title=f"Replace {node.instance_id} of {workload.name} by {target}: it is used {round(node.utilization)}%",
        risk="medium",
        saving=monthly(node.hourly - price).quantize(CENT),
        confidence=CONFIDENCE,
        resources=(node.instance_id,),
        details={
            "deployment": workload.name,
            "current_monthly_cost": money_text(monthly(node.hourly)),
            "projected_monthly_cost": money_text(monthly(price)),
            "target_instance_type": target,
            "average_utilization": ratio_text(round(node.utilization, 2)),
            "peak_utilization": ratio_text(round(node.peak, 2)),
        },
        features=features(workload, (node,), discount=1 - price / node.hourly),
    )


def _target(fleet: Fleet, workload: Workload, node: Node) -> str | None:
    """The cheapest type that holds the model and the peak, and is enough cheaper; ties by name."""
    specs = fleet.market.specs
    present = specs.get(node.instance_type)
    strength = capacity(present) if present is not None else None
    if present is None or strength is None or node.peak is None:
        return None
    load = strength * node.peak / 100
    memory = memory_needed_mib(workload.model, present.gpu_memory_mib)
    highest_price = node.hourly * (1 - LEAST_GAIN)
    fitting = [
        (price, name)
        for name, price in fleet.market.on_demand.items()
        if price <= highest_price
        and (spec := specs.get(name)) is not None
        and (offered := capacity(spec)) is not None
        and load <= offered * HEADROOM
        and spec.gpu_memory_mib >= memory
    ]
    return min(fitting)[1] if fitting else None


def _batches(fleet: Fleet) -> Iterator[Finding]:
    for workload in fleet.workloads:
        serving = workload.serving
        slots = int(workload.engine_args.get("max_num_seqs", DEFAULT_SLOTS))
        known = serving.waiting is not None and serving.running is not None and serving.cache_usage is not None
        if not known or slots >= MOST_SLOTS:
            continue
        assert serving.waiting is not None
        assert serving.running is not None
        assert serving.cache_usage is not None
        if serving.waiting > 0 and serving.running >= slots * SLOTS_FULL_FROM and serving.cache_usage < CACHE_FREE_BELOW:
            yield _larger_batches(workload, min(2 * slots, MOST_SLOTS), serving.waiting, serving.cache_usage)


def _larger_batches(workload: Workload, slots: int, waiting: Decimal, cache: Decimal) -> Finding:
    return Finding(
        type="batch_tuning",
        agent_type="resource",
        scope=workload.name,
        title=f"Serve {slots} requests of {workload.name} at once: requests wait while memory is free",
        risk="medium",
        saving=Decimal(0),
        confidence=CONFIDENCE,
        resources=(f"deployment:{workload.name}", *sorted(node.instance_id for node in workload.nodes)),
        details={
            "deployment": workload.name,
            "setting_changes": {"max_num_seqs": slots},
            "bottleneck": "batch slots",
            "waiting_requests": ratio_text(round(waiting, 2)),
            "cache_usage": ratio_text(round(cache, 4)),
        },
        features=features(workload, workload.nodes, discount=Decimal(0)),
    )
