"""What really runs in a customer's cloud, as AWS tells its owner: never taken from the platform's own story."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from support import words
from support.drivers.aws import Aws, AwsAccount
from support.drivers.journal import Journal
from support.vocabulary import Percent

DEPLOYMENT_TAG = "optiinfra:deployment"
OPTIMIZATION_TAG = "optiinfra:optimization"
NOBODYS = "no load balancer"
_RUNNING = ("pending", "running")


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
    optimization: str | None = None
    """The optimization that created it; None for what was there before."""


@dataclass(frozen=True)
class CloudFleet:
    """A customer's whole fleet at one moment: nodes, the load balancers' weights, and the engine settings."""

    nodes: tuple[Node, ...]
    groups: Mapping[str, tuple[TargetGroup, ...]]
    """By the name of the load balancer; under `NOBODYS` those to which no load balancer sends anything."""
    settings: Mapping[str, Mapping[str, Any]]

    def on(self, lifecycle: words.Lifecycle) -> tuple[Node, ...]:
        """The nodes of one lifecycle."""
        return tuple(node for node in self.nodes if node.lifecycle == lifecycle)

    @property
    def spot_share(self) -> Percent:
        """How much of the fleet runs on spot."""
        return _share(len(self.on("spot")), len(self.nodes))

    @property
    def traffic_on_spot(self) -> Percent:
        """How much of the traffic the weights send to groups that hold spot nodes."""
        spot = {node.instance_id for node in self.on("spot")}
        groups = [group for listed in self.groups.values() for group in listed]
        return _share(sum(group.weight for group in groups if group.members & spot), sum(group.weight for group in groups))

    def __str__(self) -> str:
        kinds = Counter(f"{node.instance_type} {'on spot' if node.lifecycle == 'spot' else 'on demand'}" for node in self.nodes)
        nodes = ", ".join(f"{count} x {kind}" for kind, count in sorted(kinds.items())) or "no nodes"
        weights = ", ".join(f"{group.name} {group.weight}" for listed in self.groups.values() for group in listed)
        return f"{nodes}; weights: {weights or 'none'}"


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
        nodes, groups, settings = await asyncio.gather(self.nodes_of(account), self.groups_of(account), self.settings_of(account))
        fleet = CloudFleet(nodes, groups, settings)
        listed = "\n".join(f"  {node.instance_id} {node.instance_type} {node.lifecycle} {node.zone}" for node in nodes)
        self._journal.looked(account, f"{fleet}\n{listed}")
        return fleet

    async def nodes_of(self, account: str) -> tuple[Node, ...]:
        """The instances that run or are about to, by id."""
        states = {"Name": "instance-state-name", "Values": list(_RUNNING)}
        answer = await self.account(account).call("ec2", "describe_instances", Filters=[states])
        found = [_node(instance) for reservation in answer["Reservations"] for instance in reservation["Instances"]]
        return tuple(sorted(found, key=lambda node: node.instance_id))

    async def set_up_of(self, account: str, instance_ids: Collection[str]) -> Mapping[str, SetUp]:
        """How each of these instances was set up, whether it still runs or has just been ended."""
        aws = self.account(account)
        asked = (aws.call("ec2", "describe_instance_attribute", InstanceId=one, Attribute="userData") for one in instance_ids)
        answer, *data = await asyncio.gather(aws.call("ec2", "describe_instances", InstanceIds=list(instance_ids)), *asked)
        told = {one["InstanceId"]: one.get("UserData", {}).get("Value", "") for one in data}
        found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
        return {instance["InstanceId"]: _set_up(instance, told[instance["InstanceId"]]) for instance in found}

    async def kinds_of(self, account: str, instance_types: Collection[str]) -> Mapping[str, NodeKind]:
        """What the cloud publishes of each of these kinds of nodes."""
        answer = await self.account(account).call("ec2", "describe_instance_types", InstanceTypes=sorted(instance_types))
        return {found["InstanceType"]: _kind(found) for found in answer["InstanceTypes"]}

    async def groups_of(self, account: str) -> Mapping[str, tuple[TargetGroup, ...]]:
        """The weighted target groups of every load balancer, by the balancer's name; a group without weight counts with 0."""
        aws = self.account(account)
        balancers, groups = await asyncio.gather(aws.call("elbv2", "describe_load_balancers"), aws.call("elbv2", "describe_target_groups"))
        members, makers = await asyncio.gather(_members(aws, groups["TargetGroups"]), _makers(aws, groups["TargetGroups"]))
        found: dict[str, tuple[TargetGroup, ...]] = {}
        left = {group["TargetGroupArn"]: group["TargetGroupName"] for group in groups["TargetGroups"]}
        for balancer in balancers["LoadBalancers"]:
            listeners = await aws.call("elbv2", "describe_listeners", LoadBalancerArn=balancer["LoadBalancerArn"])
            weights = _weights(listeners["Listeners"])
            own = {arn: left.pop(arn) for arn in weights if arn in left}
            found[balancer["LoadBalancerName"]] = tuple(
                TargetGroup(name, weights[arn], members[arn], makers.get(arn)) for arn, name in sorted(own.items(), key=lambda entry: entry[1])
            )
        nobodys = tuple(TargetGroup(name, 0, members[arn], makers.get(arn)) for arn, name in sorted(left.items(), key=lambda entry: entry[1]))
        return {**found, NOBODYS: nobodys} if nobodys else found

    async def settings_of(self, account: str) -> Mapping[str, Mapping[str, Any]]:
        """Every engine setting, by the name of its parameter."""
        aws = self.account(account)
        answer = await aws.call("ssm", "get_parameters_by_path", Path="/vllm", Recursive=True)
        return {parameter["Name"]: json.loads(parameter["Value"]) for parameter in answer["Parameters"]}


async def _members(aws: AwsAccount, groups: list[dict[str, Any]]) -> dict[str, frozenset[str]]:
    arns = [group["TargetGroupArn"] for group in groups]
    asked = await asyncio.gather(*(aws.call("elbv2", "describe_target_health", TargetGroupArn=arn) for arn in arns))
    return {arn: frozenset(entry["Target"]["Id"] for entry in health["TargetHealthDescriptions"]) for arn, health in zip(arns, asked, strict=True)}


async def _makers(aws: AwsAccount, groups: list[dict[str, Any]]) -> dict[str, str]:
    """By the ARN of each target group that an optimization created, that optimization."""
    if not groups:
        return {}
    answer = await aws.call("elbv2", "describe_tags", ResourceArns=[group["TargetGroupArn"] for group in groups])
    tagged = [(entry["ResourceArn"], tag) for entry in answer["TagDescriptions"] for tag in entry["Tags"]]
    return {arn: tag["Value"] for arn, tag in tagged if tag["Key"] == OPTIMIZATION_TAG}


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
