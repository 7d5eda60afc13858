"""The cost agent: nodes that nobody uses, and work that could run on spot capacity. Pure: it reasons about what was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from support.platform.fleet.views import HOURS_PER_MONTH, Fleet, Node, Spec, Workload, monthly, monthly_cost
from support.platform.optimizations.pools import Pool, TooFewPools, hourly, spread, worth_while
from support.platform.recommendations.findings import Finding
from support.platform.values import money_text, ratio_text
from support.platform.vocabulary import Risk

IDLE_AVERAGE = Decimal(5)
IDLE_PEAK = Decimal(15)
"""A node is idle whose average and highest utilisation stay below these percentages."""

LOW_RISK_RATE = Decimal("0.05")
HIGHEST_RATE = Decimal("0.15")
"""Up to the first share of interrupted nodes a month the risk is low, up to the second medium; beyond, spot is not recommended."""

CONFIDENCE: dict[Risk, Decimal] = {"low": Decimal("0.90"), "medium": Decimal("0.80")}
IDLE_CONFIDENCE = Decimal("0.95")
CENT = Decimal("0.01")


def findings(fleet: Fleet) -> list[Finding]:
    """What the customer pays for without need."""
    return [*_idle(fleet), *_spot(fleet)]


def is_idle(node: Node) -> bool:
    """Whether nothing was done on the node. Never by a missing figure."""
    if node.utilization is None or node.peak is None:
        return False
    return node.utilization < IDLE_AVERAGE and node.peak < IDLE_PEAK


def idle_nodes(workload: Workload) -> tuple[Node, ...]:
    """The nodes that can go. A deployment keeps at least one node, because an address that nobody answers is no saving."""
    idle = tuple(node for node in workload.nodes if is_idle(node))
    return idle[1:] if len(idle) == len(workload.nodes) else idle


def _idle(fleet: Fleet) -> Iterator[Finding]:
    for workload in fleet.workloads:
        for node in idle_nodes(workload):
            cost = monthly(node.hourly)
            yield Finding(
                type="idle_termination",
                agent_type="cost",
                scope=f"{workload.name}/{node.instance_id}",
                title=f"Terminate {node.instance_id} of {workload.name}: it is idle",
                risk="low",
                saving=cost.quantize(CENT),
                confidence=IDLE_CONFIDENCE,
                resources=(node.instance_id,),
                details={
                    "deployment": workload.name,
                    "current_monthly_cost": money_text(cost),
                    "projected_monthly_cost": money_text(Decimal(0)),
                    "average_utilization": _figure(node.utilization),
                    "peak_utilization": _figure(node.peak),
                },
                features=features(workload, (node,), discount=Decimal(1)),
            )


def _spot(fleet: Fleet) -> Iterator[Finding]:
    if not fleet.policy.interruptible_capacity_allowed:
        return
    for workload in fleet.workloads:
        movable = tuple(node for node in workload.nodes if node.on_demand and node.tolerant and not is_idle(node))
        if movable and (found := _migration(fleet, workload, movable)) is not None:
            yield found


def _migration(fleet: Fleet, workload: Workload, movable: Sequence[Node]) -> Finding | None:
    """None where the market offers too few pools, none calm enough, or none cheap enough."""
    pools = eligible_pools(fleet, movable)
    try:
        planned = spread(pools, len(movable))
    except TooFewPools:
        return None
    spot, present = hourly(planned), sum((node.on_demand_hourly for node in movable), Decimal(0))
    if not worth_while(spot, present):
        return None
    rate = max(pool.interruption_rate for pool in planned)
    risk: Risk = "low" if rate <= LOW_RISK_RATE else "medium"
    return Finding(
        type="spot_migration",
        agent_type="cost",
        scope=workload.name,
        title=f"Move {len(movable)} {'node' if len(movable) == 1 else 'nodes'} of {workload.name} to spot capacity",
        risk=risk,
        saving=monthly(present - spot).quantize(CENT),
        confidence=CONFIDENCE[risk],
        resources=tuple(sorted(node.instance_id for node in movable)),
        details={
            "deployment": workload.name,
            "current_monthly_cost": money_text(monthly(present)),
            "projected_monthly_cost": money_text(monthly(spot)),
            "interruption_rate": ratio_text(rate),
            "pools": pool_documents(pools),
            "placement": _placement(planned),
            "node_savings": _by_node(movable, planned),
        },
        features=features(workload, movable, discount=1 - spot / present),
    )


def eligible_pools(fleet: Fleet, nodes: Sequence[Node]) -> tuple[Pool, ...]:
    """Pools of calm enough types that have the same accelerator as each of the nodes and are at least as large."""
    specs = fleet.market.specs
    needed = {specs[node.instance_type] for node in nodes if node.instance_type in specs}
    return tuple(
        pool for pool in fleet.market.pools if pool.interruption_rate <= HIGHEST_RATE and _replaces_all(specs.get(pool.instance_type), needed)
    )


def _replaces_all(spec: Spec | None, needed: set[Spec]) -> bool:
    return spec is not None and bool(needed) and bool(spec.accelerator) and all(spec.replaces(one) for one in needed)


def pool_documents(pools: Sequence[Pool]) -> list[dict[str, str]]:
    """Pools as a recommendation carries them."""
    return [
        {
            "instance_type": pool.instance_type,
            "availability_zone": pool.availability_zone,
            "price": ratio_text(pool.price),
            "interruption_rate": ratio_text(pool.interruption_rate),
        }
        for pool in pools
    ]


def _placement(planned: Sequence[Pool]) -> list[dict[str, str | int]]:
    """On how many nodes of which pools the estimate rests, so that whoever knows the prices can check it."""
    counted = Counter(pool.key for pool in planned)
    return [{"instance_type": kind, "availability_zone": zone, "nodes": count} for (kind, zone), count in counted.items()]


def _by_node(nodes: Sequence[Node], planned: Sequence[Pool]) -> dict[str, str]:
    """Each node's part of the saving, with the mean price of the planned pools, so that the parts add up whichever nodes move."""
    mean = hourly(planned) / len(planned)
    return {node.instance_id: money_text(monthly(node.on_demand_hourly - mean)) for node in nodes}


def features(workload: Workload, nodes: Sequence[Node], discount: Decimal) -> dict[str, str | float | int | bool | None]:
    """What a fleet is compared by with fleets of the past."""
    known = [node.utilization for node in nodes if node.utilization is not None]
    rate = workload.serving.requests_per_second
    return {
        "nodes": len(nodes),
        "hourly_price": float(monthly_cost(nodes) / HOURS_PER_MONTH / len(nodes)),
        "utilization": float(sum(known, Decimal(0)) / len(known) / 100) if known else None,
        "requests_per_second": None if rate is None else float(round(rate, 3)),
        "discount": float(round(discount, 4)),
        "instance_family": nodes[0].instance_type.partition(".")[0],
        "model": workload.model,
        "interruptible": all(node.tolerant for node in nodes),
    }


def _figure(value: Decimal | None) -> str | None:
    return None if value is None else ratio_text(round(value, 2))
