"""What really runs in a customer's cloud, as AWS tells its owner: never taken from the platform's own story."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from support import words
from support.drivers.aws import Ask, Aws, AwsAccount
from support.drivers.journal import Journal
from support.vocabulary import Percent

DEPLOYMENT_TAG = "optiinfra:deployment"
OPTIMIZATION_TAG = "optiinfra:optimization"
NOBODYS = "no load balancer"
_RUNNING = ("pending", "running")

Seen = TypeVar("Seen", bound="Capacity")


@dataclass(frozen=True)
class Node:
    """One instance that runs, or is about to."""

    instance_id: str
    instance_type: str
    lifecycle: words.Lifecycle
    zone: str
    state: str
    launched: datetime
    tags: Mapping[str, str] = field(hash=False)

    @property
    def deployment(self) -> str | None:
        """The deployment that it serves."""
        return self.tags.get(DEPLOYMENT_TAG)

    @property
    def optimization(self) -> str | None:
        """The optimization that created it; None for what was there before."""
        return self.tags.get(OPTIMIZATION_TAG)


@dataclass(frozen=True)
class SetUp:
    """How an instance was set up when it was launched."""

    image: str
    user_data: str
    network: str
    security_groups: frozenset[str]
    key: str | None

    def __str__(self) -> str:
        groups = ", ".join(sorted(self.security_groups)) or "none"
        return f"image {self.image}, {len(self.user_data)} characters of user data, network {self.network}, groups {groups}, key {self.key or 'none'}"


@dataclass(frozen=True)
class NodeKind:
    """What one kind of node has, as AWS publishes it."""

    accelerator: str
    accelerators: int
    accelerator_memory_mib: int
    processors: int
    memory_mib: int


@dataclass(frozen=True)
class TargetGroup:
    """The load balancer's share for one group of nodes, and who is in the group."""

    name: str
    weight: int
    members: frozenset[str]


@dataclass(frozen=True)
class Capacity:
    """A customer's nodes at one moment."""

    nodes: tuple[Node, ...]

    def on(self, lifecycle: words.Lifecycle) -> tuple[Node, ...]:
        """The nodes of one lifecycle."""
        return tuple(node for node in self.nodes if node.lifecycle == lifecycle)

    @property
    def spot_share(self) -> Percent:
        """How much of the fleet runs on spot."""
        return _share(len(self.on("spot")), len(self.nodes))

    def __str__(self) -> str:
        kinds = Counter(f"{node.instance_type} {'on spot' if node.lifecycle == 'spot' else 'on demand'}" for node in self.nodes)
        return ", ".join(f"{count} x {kind}" for kind, count in sorted(kinds.items())) or "no nodes"


@dataclass(frozen=True)
class CloudFleet(Capacity):
    """A customer's whole fleet at one moment: nodes, the load balancers' weights, and the engine settings."""

    groups: Mapping[str, tuple[TargetGroup, ...]]
    """By the name of the load balancer; under `NOBODYS` those to which no load balancer sends anything."""
    settings: Mapping[str, Mapping[str, Any]]

    @property
    def traffic_on_spot(self) -> Percent:
        """How much of the traffic the weights send to groups that hold spot nodes."""
        spot = {node.instance_id for node in self.on("spot")}
        groups = [group for listed in self.groups.values() for group in listed]
        return _share(sum(group.weight for group in groups if group.members & spot), sum(group.weight for group in groups))

    def __str__(self) -> str:
        weights = ", ".join(f"{group.name} {group.weight}" for listed in self.groups.values() for group in listed)
        return f"{super().__str__()}; weights: {weights or 'none'}"


class Cloud:
    """The facade that steps use. Every look asks AWS."""

    def __init__(self, aws: Aws, journal: Journal) -> None:
        self._aws = aws
        self._journal = journal

    def account(self, number: str) -> AwsAccount:
        """The account of that number."""
        return self._aws.account(number)

    async def fleet_of(self, account: str) -> CloudFleet:
        """Everything that runs in the account."""
        return self._looked(account, await self.account(account).work(lambda ask: CloudFleet(_nodes(ask), _groups(ask), _settings(ask))))

    async def capacity_of(self, account: str) -> Capacity:
        """The instances that run or are about to, by id, and nothing of what they serve."""
        return self._looked(account, Capacity(await self.nodes_of(account)))

    async def nodes_of(self, account: str) -> tuple[Node, ...]:
        """The instances that run or are about to, by id."""
        return await self.account(account).work(_nodes)

    async def set_up_of(self, account: str, instance_ids: Collection[str]) -> Mapping[str, SetUp]:
        """How each of these instances was set up, whether it still runs or has just been ended."""
        return await self.account(account).work(lambda ask: _set_ups(ask, instance_ids))

    async def kinds_of(self, account: str, instance_types: Collection[str]) -> Mapping[str, NodeKind]:
        """What the cloud publishes of each of these kinds of nodes."""
        answer = await self.account(account).call("ec2", "describe_instance_types", InstanceTypes=sorted(instance_types))
        return {found["InstanceType"]: _kind(found) for found in answer["InstanceTypes"]}

    def _looked(self, account: str, seen: Seen) -> Seen:
        listed = "\n".join(f"  {node.instance_id} {node.instance_type} {node.lifecycle} {node.zone}" for node in seen.nodes)
        self._journal.looked(account, f"{seen}\n{listed}")
        return seen


def _nodes(ask: Ask) -> tuple[Node, ...]:
    answer = ask("ec2", "describe_instances", Filters=[{"Name": "instance-state-name", "Values": list(_RUNNING)}])
    found = [_node(instance) for reservation in answer["Reservations"] for instance in reservation["Instances"]]
    return tuple(sorted(found, key=lambda node: node.instance_id))


def _set_ups(ask: Ask, instance_ids: Collection[str]) -> Mapping[str, SetUp]:
    answer = ask("ec2", "describe_instances", InstanceIds=list(instance_ids))
    told = {one: ask("ec2", "describe_instance_attribute", InstanceId=one, Attribute="userData") for one in instance_ids}
    data = {one: attribute.get("UserData", {}).get("Value", "") for one, attribute in told.items()}
    found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
    return {instance["InstanceId"]: _set_up(instance, data[instance["InstanceId"]]) for instance in found}


def _groups(ask: Ask) -> Mapping[str, tuple[TargetGroup, ...]]:
    """The weighted target groups of every load balancer, by the balancer's name; a group without weight counts with 0."""
    left = {group["TargetGroupArn"]: group["TargetGroupName"] for group in ask("elbv2", "describe_target_groups")["TargetGroups"]}
    members = {arn: _members(ask, arn) for arn in left}
    found: dict[str, tuple[TargetGroup, ...]] = {}
    for balancer in ask("elbv2", "describe_load_balancers")["LoadBalancers"]:
        weights = _weights(ask("elbv2", "describe_listeners", LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"])
        own = {arn: left.pop(arn) for arn in weights if arn in left}
        found[balancer["LoadBalancerName"]] = tuple(TargetGroup(name, weights[arn], members[arn]) for arn, name in sorted(own.items(), key=_name))
    nobodys = tuple(TargetGroup(name, 0, members[arn]) for arn, name in sorted(left.items(), key=_name))
    return {**found, NOBODYS: nobodys} if nobodys else found


def _name(group: tuple[str, str]) -> str:
    return group[1]


def _members(ask: Ask, group: str) -> frozenset[str]:
    health = ask("elbv2", "describe_target_health", TargetGroupArn=group)
    return frozenset(entry["Target"]["Id"] for entry in health["TargetHealthDescriptions"])


def _settings(ask: Ask) -> Mapping[str, Mapping[str, Any]]:
    """Every engine setting, by the name of its parameter."""
    answer = ask("ssm", "get_parameters_by_path", Path="/vllm", Recursive=True)
    return {parameter["Name"]: json.loads(parameter["Value"]) for parameter in answer["Parameters"]}


def _share(part: int, whole: int) -> Percent:
    return Percent(Decimal(100 * part) / whole if whole else 0)


def _node(instance: Mapping[str, Any]) -> Node:
    return Node(
        instance_id=instance["InstanceId"],
        instance_type=instance["InstanceType"],
        lifecycle="spot" if instance.get("InstanceLifecycle") == "spot" else "on_demand",
        zone=instance["Placement"]["AvailabilityZone"],
        state=instance["State"]["Name"],
        launched=instance["LaunchTime"],
        tags={tag["Key"]: tag["Value"] for tag in instance.get("Tags", [])},
    )


def _set_up(instance: Mapping[str, Any], user_data: str) -> SetUp:
    groups = frozenset(group["GroupId"] for group in instance.get("SecurityGroups", []))
    return SetUp(instance["ImageId"], user_data, instance.get("VpcId", "none"), groups, instance.get("KeyName"))


def _kind(described: Mapping[str, Any]) -> NodeKind:
    info = described.get("GpuInfo", {})
    gpus = info.get("Gpus", [])
    return NodeKind(
        accelerator="+".join(sorted({f"{gpu['Manufacturer']} {gpu['Name']}" for gpu in gpus})),
        accelerators=sum(gpu["Count"] for gpu in gpus),
        accelerator_memory_mib=info.get("TotalGpuMemoryInMiB", 0),
        processors=described["VCpuInfo"]["DefaultVCpus"],
        memory_mib=described["MemoryInfo"]["SizeInMiB"],
    )


def _weights(listeners: list[dict[str, Any]]) -> dict[str, int]:
    weights: dict[str, int] = {}
    for listener in listeners:
        for action in listener["DefaultActions"]:
            forward = action.get("ForwardConfig", {}).get("TargetGroups") or [{"TargetGroupArn": action["TargetGroupArn"], "Weight": 1}]
            weights.update({group["TargetGroupArn"]: int(group.get("Weight", 1)) for group in forward})
    return weights
