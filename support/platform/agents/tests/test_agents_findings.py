"""What the agents conclude from fleets, on both sides of each boundary."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from support.platform.agents import application, cost, performance, resource
from support.platform.fleet.views import Baseline, Fleet, Market, Node, Policy, Serving, Spec, Workload
from support.platform.optimizations.health import Count
from support.platform.optimizations.pools import Pool

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SPECS = {
    spec.instance_type: spec
    for spec in (
        Spec("g5.xlarge", "A10G", 1, 22888, 4, 16384),
        Spec("g5.2xlarge", "A10G", 1, 22888, 8, 32768),
        Spec("g5.12xlarge", "A10G", 4, 91552, 48, 196608),
        Spec("g6.xlarge", "L4", 1, 22888, 4, 16384),
    )
}
PRICES = {
    name: Decimal(price) for name, price in (("g5.xlarge", "1.006"), ("g5.2xlarge", "1.212"), ("g5.12xlarge", "5.672"), ("g6.xlarge", "0.8048"))
}


def node(name: str, kind: str = "g5.xlarge", *, busy: int = 65, peak: int = 85, tolerant: bool = True, lifecycle: str = "on_demand") -> Node:
    tags = {"optiinfra:deployment": "chat", "optiinfra:interruptible": str(tolerant).lower()}
    return Node(name, kind, "us-east-1a", lifecycle, NOW, "10.0.0.1", tags, PRICES[kind], PRICES[kind], Decimal(busy), Decimal(peak), Decimal(busy))


def pool(kind: str, zone: str, price: str, rate: str = "0.04") -> Pool:
    return Pool(kind, f"us-east-1{zone}", Decimal(price), Decimal(rate))


POOLS = (pool("g5.xlarge", "a", "0.30"), pool("g5.xlarge", "b", "0.40"), pool("g5.2xlarge", "a", "0.35"))


def fleet(*nodes: Node, pools: tuple[Pool, ...] = POOLS, policy: Policy | None = None, **workload: object) -> Fleet:
    chat = replace(Workload("chat", nodes), **workload)  # type: ignore[arg-type]
    return Fleet(NOW, nodes, (chat,), Market(SPECS, PRICES, pools), policy or Policy())


def test_the_estimate_is_what_the_planned_pools_save() -> None:
    (found,) = cost.findings(fleet(node("i-1"), node("i-2"), node("i-3"), node("i-4")))
    assert found.type == "spot_migration"
    assert found.saving == (730 * (4 * Decimal("1.006") - Decimal("0.30") - Decimal("0.35") - Decimal("0.40") - Decimal("0.30"))).quantize(
        Decimal("0.01")
    )
    assert len(found.details["pools"]) == 3
    placed = [(place["instance_type"], place["availability_zone"], place["nodes"]) for place in found.details["placement"]]
    assert placed == [("g5.xlarge", "us-east-1a", 2), ("g5.2xlarge", "us-east-1a", 1), ("g5.xlarge", "us-east-1b", 1)]
    assert sum((Decimal(saving) for saving in found.details["node_savings"].values()), Decimal(0)).quantize(Decimal("0.1")) == found.saving.quantize(
        Decimal("0.1")
    )


@pytest.mark.parametrize(("rate", "risk"), [("0.05", "low"), ("0.051", "medium"), ("0.15", "medium"), ("0.151", None), ("0.30", None)])
def test_risk_follows_the_interruption_rate(rate: str, risk: str | None) -> None:
    offered = tuple(replace(one, interruption_rate=Decimal(rate)) for one in POOLS)
    assert [found.risk for found in cost.findings(fleet(node("i-1"), pools=offered))] == ([risk] if risk else [])


def test_only_tolerant_on_demand_nodes_move() -> None:
    (found,) = cost.findings(fleet(node("i-1"), node("i-2", tolerant=False), node("i-3", lifecycle="spot")))
    assert found.resources == ("i-1",)
    assert cost.findings(fleet(node("i-1", tolerant=False))) == []


def test_a_policy_against_interruptible_capacity_is_kept() -> None:
    assert cost.findings(fleet(node("i-1"), policy=Policy(interruptible_capacity_allowed=False))) == []


def test_one_pool_is_enough_for_one_node_only() -> None:
    assert len(cost.findings(fleet(node("i-1"), pools=POOLS[:1]))) == 1
    assert cost.findings(fleet(node("i-1"), node("i-2"), pools=POOLS[:1])) == []


def test_smaller_or_other_capacity_is_no_replacement() -> None:
    smaller = (pool("g5.xlarge", "a", "0.1"), pool("g6.xlarge", "a", "0.1"), pool("g5.2xlarge", "b", "0.1"))
    assert cost.findings(fleet(node("i-1", "g5.12xlarge"), node("i-2", "g5.12xlarge"), pools=smaller)) == []


def test_a_saving_below_forty_percent_is_not_worth_while() -> None:
    assert len(cost.findings(fleet(node("i-1"), pools=(pool("g5.xlarge", "a", "0.6036"),)))) == 1
    assert cost.findings(fleet(node("i-1"), pools=(pool("g5.xlarge", "a", "0.6037"),))) == []


def test_idle_nodes_are_ended_and_neither_made_smaller_nor_moved() -> None:
    seen = fleet(node("i-1"), node("i-2"), node("i-3", busy=2, peak=4))
    assert {found.type: found.resources for found in cost.findings(seen)} == {"idle_termination": ("i-3",), "spot_migration": ("i-1", "i-2")}
    assert resource.findings(seen) == []


def test_the_last_node_of_a_deployment_is_made_smaller_where_it_idles() -> None:
    (smaller,) = resource.findings(fleet(node("i-3", busy=2, peak=4)))
    assert (smaller.type, smaller.resources, smaller.details["target_instance_type"]) == ("rightsizing", ("i-3",), "g6.xlarge")
    assert smaller.saving == (730 * Decimal("0.2012")).quantize(Decimal("0.01"))


def test_the_last_node_of_a_deployment_stays() -> None:
    assert cost.findings(fleet(node("i-1", busy=0, peak=0), pools=())) == []
    assert [found.resources for found in cost.findings(fleet(node("i-1", busy=0, peak=0), node("i-2", busy=0, peak=0), pools=()))] == [("i-2",)]


@pytest.mark.parametrize(("busy", "peak", "fits"), [(39, 40, True), (39, 41, False), (40, 40, False)])
def test_rightsizing_holds_the_peak(busy: int, peak: int, fits: bool) -> None:
    assert bool(resource.findings(fleet(node("i-1", busy=busy, peak=peak)))) is fits


def test_a_fleet_with_nothing_to_improve_gets_no_advice() -> None:
    good = fleet(node("i-1", tolerant=False), node("i-2", tolerant=False), serving=Serving(1000, Decimal(0), Decimal(300), Decimal(400)))
    assert [*cost.findings(good), *resource.findings(good), *performance.findings(good, set())] == []


def test_a_missing_figure_is_no_finding() -> None:
    unknown = replace(node("i-1", tolerant=False), utilization=None, peak=None)
    assert [*cost.findings(fleet(unknown)), *resource.findings(fleet(unknown)), *performance.findings(fleet(unknown), {"chat"})] == []


def test_cache_bound_and_slot_bound_engines_are_told_apart() -> None:
    full = Serving(1000, cache_usage=Decimal("0.95"), waiting=Decimal(12), running=Decimal(100))
    (cache,) = performance.findings(fleet(node("i-1"), serving=full), set())
    assert (cache.type, cache.details["bottleneck"], cache.details["setting_changes"]["gpu_memory_utilization"]) == (
        "kv_cache_tuning",
        "kv cache",
        0.95,
    )
    assert resource.findings(fleet(node("i-1"), serving=full)) == []
    slots = Serving(1000, cache_usage=Decimal("0.40"), waiting=Decimal(12), running=Decimal(64))
    (batch,) = resource.findings(fleet(node("i-1"), serving=slots, engine_args={"max_num_seqs": 64}))
    assert (batch.type, batch.details["setting_changes"]) == ("batch_tuning", {"max_num_seqs": 128})
    assert performance.findings(fleet(node("i-1"), serving=slots), set()) == []
    assert performance.findings(fleet(node("i-1"), serving=replace(full, waiting=Decimal(0))), set()) == []


@pytest.mark.parametrize(
    ("p95", "preference", "stays"), [(359, "none", False), (360, "none", True), (100, "performance", True), (100, "savings", False)]
)
def test_the_performance_agent_objects_where_latency_is_near_its_objective(p95: int, preference: str, stays: bool) -> None:
    policy = Policy(preference=preference, p95_objective_ms=Decimal(400))  # type: ignore[arg-type]
    seen = fleet(node("i-1"), policy=policy, serving=Serving(1000, p95_ms=Decimal(p95)))
    assert [found.type for found in performance.findings(seen, {"chat"})] == (["stay_on_demand"] if stays else [])
    assert performance.findings(seen, set()) == []


@pytest.mark.parametrize(
    ("serving", "verdict"),
    [
        (Serving(), "pending"),
        (Serving(0), "approved"),
        (Serving(10), "pending"),
        (Serving(1000, p95_ms=Decimal(1000)), "pending"),
        (Serving(1000, p95_ms=Decimal(1000), p99_ms=Decimal(1500)), "approved"),
        (Serving(1000, p95_ms=Decimal("1000.1"), p99_ms=Decimal(1500)), "rejected"),
        (Serving(1000, p95_ms=Decimal(1000), p99_ms=Decimal("1500.1")), "rejected"),
    ],
)
def test_the_performance_agents_opinion(serving: Serving, verdict: str) -> None:
    assert performance.opinion(Workload("chat", (), serving=serving), Policy()).verdict == verdict


@pytest.mark.parametrize(("baseline", "verdict"), [(None, "pending"), (Baseline(Decimal(1), 99), "pending"), (Baseline(Decimal(1), 100), "approved")])
def test_a_baseline_rests_on_enough_samples(baseline: Baseline | None, verdict: str) -> None:
    assert application.opinion(baseline).verdict == verdict


def test_quality_alarms_above_five_percent_only() -> None:
    before, floor = Count(1000, 1000), Decimal("0.95")
    assert application.alarm(before, Count(950, 1000), floor) is None
    assert application.alarm(before, Count(949, 1000), floor) is not None
    assert application.alarm(before, Count(0, 99), floor) is None
    assert application.alarm(before, None, floor) is None
