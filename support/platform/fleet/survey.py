"""Looks at a customer's account: instances, deployments, settings, load and prices, in as few calls as AWS allows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from support.platform.cloud import AwsAccount
from support.platform.fleet import model_servers, prices
from support.platform.fleet.policies import policy_of
from support.platform.fleet.utilization import Load, loads
from support.platform.fleet.views import Fleet, Market, Node, Policy, Serving, Workload
from support.platform.fleet.windows import windows_of
from support.platform.services import Services
from support.platform.tables import Customer
from support.platform.telemetry import exposition

Told = Mapping[str, Any]
"""A part of AWS's answer."""

PAGE = 1000
PARAMETERS_PER_CALL = 10


def survey(services: Services, customer: Customer) -> Fleet:
    """The fleet at this moment. Raises what `cloud` raises when the account does not answer, and PricesMissing for a node without a price."""
    account = services.cloud.for_customer(customer)
    now = services.clock.now()
    machines = _running(account)
    policy = policy_of(customer)
    listed = _listed(services, account, {machine["InstanceType"] for machine in machines}, now)
    load = loads(account, [machine["InstanceId"] for machine in machines], now) if machines else {}
    found = [_node(machine, listed, load[machine["InstanceId"]]) for machine in machines]
    market = _market(services, account, customer, listed, found, policy, now)
    nodes = tuple(node if node.on_demand else _at_spot_price(node, market) for node in found)
    names = sorted({node.deployment for node in nodes if node.deployment})
    settings = _engine_args(account, names)
    workloads = tuple(
        _workload(
            name,
            nodes,
            settings.get(name, {}),
            _serving(services, customer, name, [node for node in nodes if node.deployment == name], now),
        )
        for name in names
    )
    return Fleet(now, nodes, workloads, market, policy)


def _running(account: AwsAccount) -> list[Told]:
    """Every running instance of the account in this region, over all pages."""
    pages = account.ec2.get_paginator("describe_instances").paginate(
        Filters=[{"Name": "instance-state-name", "Values": ["running"]}], PaginationConfig={"PageSize": PAGE}
    )
    return [machine for page in pages for reservation in page["Reservations"] for machine in reservation["Instances"]]


def _listed(services: Services, account: AwsAccount, types: Set[str], now: datetime) -> Market:
    """What AWS's catalogue knows of these types and of those that may replace them. Nothing is asked for an empty account."""
    if not types:
        return Market()
    catalogue = prices.catalogue_of(services.cloud)
    specs = catalogue.specs(account, types)
    on_demand = catalogue.on_demand(account, {*types, *(name for name, spec in specs.items() if spec.accelerator)}, now)
    missing = sorted(types - on_demand.keys())
    if missing:
        raise prices.PricesMissing(f"AWS's price list has no on-demand price for {', '.join(missing)} in {account.region}")
    return Market(specs, on_demand)


def _market(
    services: Services, account: AwsAccount, customer: Customer, listed: Market, nodes: Sequence[Node], policy: Policy, now: datetime
) -> Market:
    """With the spot market, of which only what is of use is asked: the prices of nodes that run there, and pools for those that may move there."""
    wanted = {node.instance_type for node in nodes if not node.on_demand}
    movable = policy.interruptible_capacity_allowed and any(node.on_demand and node.tolerant for node in nodes)
    if movable:
        specs = listed.specs
        present = {specs[node.instance_type] for node in nodes if node.instance_type in specs}
        wanted |= {name for name, spec in specs.items() if spec.accelerator and any(spec.replaces(one) for one in present)}
    spot = prices.spot_prices(account, wanted, now)
    rates = prices.interruption_rates(services.network.client(customer), account.region, wanted) if movable and spot else {}
    return replace(listed, pools=prices.pools(spot, rates), spot=spot)


def _node(machine: Told, market: Market, load: Load) -> Node:
    kind, zone = machine["InstanceType"], machine["Placement"]["AvailabilityZone"]
    on_demand = market.on_demand[kind]
    return Node(
        instance_id=machine["InstanceId"],
        instance_type=kind,
        availability_zone=zone,
        lifecycle="spot" if machine.get("InstanceLifecycle") == "spot" else "on_demand",
        launched_at=machine["LaunchTime"],
        private_ip=machine.get("PrivateIpAddress", ""),
        tags={tag["Key"]: tag["Value"] for tag in machine.get("Tags", [])},
        hourly=on_demand,
        on_demand_hourly=on_demand,
        utilization=load.average,
        peak=load.peak,
        cpu=load.cpu,
    )


def _at_spot_price(node: Node, market: Market) -> Node:
    """At the list price where its pool has no other."""
    return replace(node, hourly=market.spot.get((node.instance_type, node.availability_zone), node.on_demand_hourly))


def _workload(name: str, nodes: Iterable[Node], settings: Mapping[str, Any], serving: Serving) -> Workload:
    return Workload(
        name=name,
        nodes=tuple(node for node in nodes if node.deployment == name),
        engine_args=settings,
        serving=serving,
    )


def _serving(services: Services, customer: Customer, name: str, nodes: Sequence[Node], now: datetime) -> Serving:
    pages = model_servers.metrics(services.network, customer, [node.private_ip for node in nodes if node.private_ip])
    readings = {address: exposition.read(page) for address, page in pages.items()}
    serving = model_servers.summary(pages, windows_of(services.network).traffic(customer.id, name, readings))
    since_start = exposition.between({}, readings).answered
    return replace(serving, requests_per_second=_rate(since_start.of if since_start else None, nodes, now))


def _rate(requests: int | None, nodes: Sequence[Node], now: datetime) -> Decimal | None:
    """Requests a second of the deployment: what its servers have answered since they started, by the age of the oldest node."""
    seconds = max(((now - node.launched_at).total_seconds() for node in nodes), default=0.0)
    return Decimal(requests) / Decimal(str(seconds)) if requests is not None and seconds > 0 else None


def _engine_args(account: AwsAccount, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The engine settings of each deployment that has any; ten deployments a call."""
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(names), PARAMETERS_PER_CALL):
        asked = [f"/vllm/{name}/engine-args" for name in names[start : start + PARAMETERS_PER_CALL]]
        for parameter in account.ssm.get_parameters(Names=asked)["Parameters"]:
            found[parameter["Name"].split("/")[2]] = json.loads(parameter["Value"])
    return found
