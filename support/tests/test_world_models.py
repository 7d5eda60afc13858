"""Model servers and load balancers through the network gateway: what they answer, measure and lose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from support.tests.world_process import SPOT, RunningWorld, fleet, launch, world
from support.world.models.knowledge import right_at
from support.world.models.latency import BOUNDS_MS, Spread

__all__ = ["world"]

_SAMPLE = re.compile(r"^(vllm:\w+)\{([^}]*)\} (\S+)$", re.MULTILINE)


def counters(world: RunningWorld, account: str, nodes: Iterable[dict[str, Any]]) -> Counter[str]:
    """The sum of the counters of several nodes, by family and the label that matters."""
    total: Counter[str] = Counter()
    with world.network(account) as network:
        for node in nodes:
            for family, labels, value in _SAMPLE.findall(network.get(f"http://{node['PrivateIpAddress']}:8000/metrics").text):
                told = re.search(r'(?:finished_reason|le)="([^"]*)"', labels)
                total[f"{family} {told[1] if told else ''}".strip()] += int(float(value))
    return total


def quantile(growth: Counter[str], share: float) -> float:
    """As Prometheus computes it."""
    name = "vllm:e2e_request_latency_seconds_bucket "
    buckets = sorted((float(key.removeprefix(name)), growth[key]) for key in growth if key.startswith(name))
    rank, lower, below = share * buckets[-1][1], 0.0, 0.0
    for bound, count in buckets:
        if count >= rank:
            return 1000 * (lower + (bound - lower) * (rank - below) / (count - below))
        lower, below = bound, count
    raise AssertionError("no bucket holds the rank")


def measured(world: RunningWorld, account: str, nodes: list[dict[str, Any]], seconds: float) -> Counter[str]:
    before = counters(world, account, nodes)
    world.pass_time(seconds)
    grown = counters(world, account, nodes)
    grown.subtract(before)
    return grown


def test_counters_grow_with_time_at_the_declared_rates(world: RunningWorld) -> None:
    account = world.account()
    nodes = fleet(world, account, 9)
    declared = {"requests_per_second": 45, "error_rate": "0.001", "success_rate": "0.95", "base_latency_ms": {"p50": 800, "p95": 1600, "p99": 1900}}
    world.control("PUT", f"{account}/deployments/chat", declared)
    grown = measured(world, account, nodes, 200)
    succeeded = grown["vllm:request_success_total stop"] + grown["vllm:request_success_total length"]
    total = succeeded + grown["vllm:request_success_total abort"] + grown["vllm:request_failure_total"]
    assert total == 9000
    assert (succeeded, grown["vllm:request_failure_total"]) == (8550, 9)
    assert (quantile(grown, 0.95), quantile(grown, 0.99)) == pytest.approx((1600, 1900), abs=1)


def test_traffic_follows_the_weights_at_each_moment(world: RunningWorld) -> None:
    account = world.account()
    old = fleet(world, account, 2)
    ec2, elb = world.aws(account, "ec2", "elbv2")
    new = launch(ec2, 1, "chat", InstanceMarketOptions=SPOT)
    on_demand = elb.describe_target_groups(Names=["chat-od"])["TargetGroups"][0]
    spot = elb.create_target_group(Name="chat-spot", Protocol="HTTP", Port=8000, VpcId=on_demand["VpcId"])["TargetGroups"][0]
    elb.register_targets(TargetGroupArn=spot["TargetGroupArn"], Targets=[{"Id": new[0]["InstanceId"]}])
    balancer = elb.describe_load_balancers(Names=["chat"])["LoadBalancers"][0]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    weights = [{"TargetGroupArn": on_demand["TargetGroupArn"], "Weight": 90}, {"TargetGroupArn": spot["TargetGroupArn"], "Weight": 10}]
    elb.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": weights}}])
    world.control("PUT", f"{account}/deployments/chat", {"requests_per_second": 50})
    both = {name: counters(world, account, nodes) for name, nodes in (("old", old), ("new", new))}
    world.pass_time(200)
    seen = {name: counters(world, account, nodes)["vllm:e2e_request_latency_seconds_count"] for name, nodes in (("old", old), ("new", new))}
    grown = {name: seen[name] - both[name]["vllm:e2e_request_latency_seconds_count"] for name in seen}
    assert grown == {"old": 9000, "new": 1000}
    with world.network(account) as network:
        answers = [network.post(f"http://{balancer['DNSName']}/v1/completions", json={"prompt": "What is 1 + 1?"}).status_code for _ in range(20)]
    assert answers == [200] * 20
    assert Counter(request["target_group"] for request in world.control("GET", f"{account}/requests")) == {"chat-od": 18, "chat-spot": 2}


@pytest.mark.parametrize("accuracy", ["1.000", "0.950", "0.949", "0.9"])
def test_the_declared_share_of_a_thousand_answers_is_right(world: RunningWorld, accuracy: str) -> None:
    account = world.account()
    nodes = fleet(world, account, 3)
    world.control("PUT", f"{account}/deployments/chat", {"accuracy": accuracy})
    right = 0
    with world.network(account) as network:
        for batch in range(10):
            sums = [(number, batch * 7) for number in range(100)]
            asked = {"prompt": [f"What is {left} + {other}?" for left, other in sums], "temperature": 0, "max_tokens": 8}
            answer = network.post(f"http://{nodes[batch % 3]['PrivateIpAddress']}:8000/v1/completions", json=asked).json()
            right += sum(choice["text"] == str(left + other) for choice, (left, other) in zip(answer["choices"], sums, strict=True))
    assert right == 1000 * Decimal(accuracy)


def test_only_the_nodes_of_a_lifecycle_are_bent(world: RunningWorld) -> None:
    account = world.account()
    (old,) = fleet(world, account, 1)
    (new,) = launch(world.aws(account, "ec2")[0], 1, "chat", InstanceMarketOptions=SPOT)
    world.control("PUT", f"{account}/deployments/chat", {"accuracy": "0.000", "on": {"lifecycle": "spot"}})
    with world.network(account) as network:
        texts = [
            network.post(f"http://{node['PrivateIpAddress']}:8000/v1/completions", json={"prompt": "What is 6 * 7?"}).json()["choices"][0]["text"]
            for node in (old, new)
        ]
    assert texts[0] == "42"
    assert texts[1] != "42"


def test_a_node_that_starts_answers_nobody_and_gets_no_requests_while_another_can(world: RunningWorld) -> None:
    account = world.account()
    old = fleet(world, account, 2)[:1]
    (elb,) = world.aws(account, "elbv2")
    door = elb.describe_load_balancers(Names=["chat"])["LoadBalancers"][0]["DNSName"]
    starting = {"startup_seconds": 30}
    world.control("PUT", f"{account}/deployments/chat", starting | {"instance_ids": [old[0]["InstanceId"]]})

    def asked() -> tuple[int, Counter[int]]:
        with world.network(account) as network:
            health = network.get(f"http://{old[0]['PrivateIpAddress']}:8000/health").status_code
            return health, Counter(network.post(f"http://{door}/v1/completions", json={"prompt": "What is 1 + 1?"}).status_code for _ in range(6))

    assert asked() == (503, {200: 6})
    world.control("PUT", f"{account}/deployments/chat", starting)
    assert asked() == (503, {503: 6})
    world.pass_time(30)
    assert asked() == (200, {200: 6})


def test_better_settings_make_a_server_faster(world: RunningWorld) -> None:
    account = world.account()
    nodes = fleet(world, account, 1, engine={"enable_prefix_caching": False})
    world.control("PUT", f"{account}/deployments/chat", {"cache_hit_rate": "0.6", "base_latency_ms": {"p50": 800, "p95": 1600, "p99": 1900}})
    before = quantile(measured(world, account, nodes, 1000), 0.95)
    (ssm,) = world.aws(account, "ssm")
    ssm.put_parameter(Name="/vllm/chat/engine-args", Value='{"enable_prefix_caching": true}', Type="String", Overwrite=True)
    after = quantile(measured(world, account, nodes, 1000), 0.95)
    assert (before, after) == pytest.approx((1600, 1120), abs=1)


@pytest.mark.parametrize(("metrics", "expected"), [("missing", 0), ("nan", 1)])
def test_metrics_can_be_missing_or_no_numbers(world: RunningWorld, metrics: str, expected: int) -> None:
    account = world.account()
    (node,) = fleet(world, account, 1)
    world.control("PUT", f"{account}/deployments/chat", {"metrics": metrics})
    with world.network(account) as network:
        text = network.get(f"http://{node['PrivateIpAddress']}:8000/metrics").text
    assert text.count("vllm:request_failure_total{") == expected
    assert text.count(" NaN") == (0 if metrics == "missing" else len([line for line in text.splitlines() if not line.startswith("#")]))


def test_a_user_is_lost_where_no_node_is_healthy(world: RunningWorld) -> None:
    account = world.account()
    (node,) = fleet(world, account, 1)
    ec2, elb = world.aws(account, "ec2", "elbv2")
    name = elb.describe_load_balancers()["LoadBalancers"][0]["DNSName"]
    ec2.terminate_instances(InstanceIds=[node["InstanceId"]])
    with world.network(account) as network:
        assert network.post(f"http://{name}/v1/completions", json={"prompt": "What is 1 + 1?"}).status_code == 503
        assert network.get(f"http://{node['PrivateIpAddress']}:8000/health").status_code == 502
    (request,) = world.control("GET", f"{account}/requests")
    assert (request["status"], request["instance_id"]) == (503, None)


def test_a_network_is_reached_only_by_its_own_account(world: RunningWorld) -> None:
    account, other = world.account(), world.account()
    (node,) = fleet(world, account, 1)
    with world.network(account) as own, world.network(other) as foreign:
        assert own.get(f"http://{node['PrivateIpAddress']}:8000/health").status_code == 200
        assert foreign.get(f"http://{node['PrivateIpAddress']}:8000/health").status_code == 502


@pytest.mark.parametrize(
    "spread", [Spread(800, 1600, 1900), Spread(300, 1000, 1500), Spread(301.5, 643.2, 977.7), Spread(200, 400, 520), Spread(20, 35, 80)]
)
@pytest.mark.parametrize("requests", [800, 8100, 100000])
def test_histograms_give_the_declared_percentiles_back(spread: Spread, requests: int) -> None:
    growth: Counter[str] = Counter()
    below = 0
    counts = spread.histogram(requests)
    for bound, count in zip([*BOUNDS_MS, float("inf")], counts, strict=True):
        below += count
        growth[f"vllm:e2e_request_latency_seconds_bucket {bound / 1000}"] = below
    assert sum(counts) == requests
    assert quantile(growth, 0.95) == pytest.approx(spread.p95, abs=1)
    assert quantile(growth, 0.99) == pytest.approx(spread.p99, rel=0.01)


def test_wrong_answers_are_spread_evenly() -> None:
    for first in (0, 1, 333, 999):
        assert sum(right_at(first + position, Decimal("0.949")) for position in range(1000)) == 949
    gaps = [position for position in range(1000) if not right_at(position, Decimal("0.949"))]
    assert max(later - earlier for earlier, later in pairwise(gaps)) <= 20
