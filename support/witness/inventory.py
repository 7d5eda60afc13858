"""The inventory that OptiInfra claims, against what AWS shows to the account's owner."""

from __future__ import annotations

from decimal import Decimal

from support.drivers.api.fleets import Infrastructure
from support.drivers.cloud import Capacity, CloudFleet
from support.expectation import expect


def is_whole(known: Infrastructure, capacity: Capacity) -> bool:
    """Whether OptiInfra knows exactly the instances that run."""
    return {each.instance_id for each in known.instances} == {node.instance_id for node in capacity.nodes}


def expect_described(known: Infrastructure, fleet: CloudFleet) -> None:
    """AssertionError when a deployment is shown with another model, other settings or another share of traffic on spot than the cloud has."""
    shown = {each.name: (each.model, dict(each.engine_args), each.traffic.spot) for each in known.vllm_deployments}
    kept = {name.split("/")[2]: dict(settings) for name, settings in fleet.settings.items()}
    real = {name: (settings["model"], settings, Decimal(0)) for name, settings in kept.items() if name in fleet.groups}
    expect(shown == real, lambda: f"every deployment should be described as it is\n  expected: {real}\n  shown:    {shown}")


def expect_same_inventory(known: Infrastructure, capacity: Capacity) -> None:
    """AssertionError that names what is missing, invented or described wrongly; deployments are compared by their nodes."""
    claimed = {
        each.instance_id: (each.instance_type, each.lifecycle, each.deployment) for each in known.instances if each.state in {"pending", "running"}
    }
    real = {node.instance_id: (node.instance_type, node.lifecycle, node.deployment) for node in capacity.nodes}
    missing, invented = sorted(real.keys() - claimed.keys()), sorted(claimed.keys() - real.keys())
    wrong = sorted(name for name in real.keys() & claimed.keys() if real[name] != claimed[name])
    told = f"missing: {missing}, invented: {invented}, described wrongly: {wrong}"
    expect(claimed == real, lambda: f"OptiInfra should know exactly the {len(real)} running instances; {told}")
    served = {each.name: frozenset(each.instance_ids) for each in known.vllm_deployments}
    serving: dict[str, frozenset[str]] = {}
    for node in capacity.nodes:
        if node.deployment:
            serving[node.deployment] = serving.get(node.deployment, frozenset()) | {node.instance_id}
    expect(served == serving, lambda: f"OptiInfra should know each deployment by its nodes\n  expected: {serving}\n  known:    {served}")
