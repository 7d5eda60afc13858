"""New capacity: launched once however often it is asked for, spread over pools, and found again after a crash."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from support.platform.cloud import NO_CAPACITY, AwsAccount, error_code
from support.platform.optimizations.documents import Lifecycle, Machine, Node
from support.platform.optimizations.failures import NoCapacity
from support.platform.optimizations.pools import PREFERRED_POOLS, Pool, ranked
from support.platform.optimizations.site import OPTIMIZATION_TAG, machine_of


@dataclass(frozen=True)
class Order:
    """How many nodes of which kind, from which pool. `purpose` makes the order one of its own: the same order is carried out once."""

    purpose: str
    like: Machine
    instance_type: str
    availability_zone: str
    lifecycle: Lifecycle
    count: int
    tags: Mapping[str, str]

    @property
    def token(self) -> str:
        """What AWS recognises a repeated order by."""
        told = f"{self.purpose}|{self.instance_type}|{self.availability_zone}|{self.lifecycle}|{self.count}"
        return hashlib.sha256(told.encode()).hexdigest()[:40]


def launch(account: AwsAccount, order: Order, subnets: Mapping[str, str]) -> list[Machine]:
    """Launches at most `count` nodes, as many as the pool gives; none where it has no capacity. Repeated, it answers the same nodes."""
    request: dict[str, Any] = {
        "ClientToken": order.token,
        "ImageId": order.like.image_id,
        "InstanceType": order.instance_type,
        "MinCount": 1,
        "MaxCount": order.count,
        "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": key, "Value": value} for key, value in order.tags.items()]}],
    }
    if order.availability_zone in subnets:
        request["SubnetId"] = subnets[order.availability_zone]
    else:
        request["Placement"] = {"AvailabilityZone": order.availability_zone}
    if order.like.security_groups:
        request["SecurityGroupIds"] = list(order.like.security_groups)
    if order.like.key_name:
        request["KeyName"] = order.like.key_name
    if order.like.profile_arn:
        request["IamInstanceProfile"] = {"Arn": order.like.profile_arn}
    if order.like.user_data:
        request["UserData"] = base64.b64decode(order.like.user_data)  # boto3 encodes it again
    if order.lifecycle == "spot":
        request["InstanceMarketOptions"] = {"MarketType": "spot", "SpotOptions": {"SpotInstanceType": "one-time"}}
    try:
        answered = account.ec2.run_instances(**request)
    except ClientError as error:
        if error_code(error) in NO_CAPACITY:
            return []
        raise
    return [machine_of(instance) for instance in answered["Instances"]]


def subnets_of(account: AwsAccount, like: Machine) -> dict[str, str]:
    """For each zone a subnet of the network in which the machine is; the machine's own subnet in its own zone."""
    if like.subnet_id is None:
        return {}
    found = account.ec2.describe_subnets()["Subnets"]
    home = {subnet["VpcId"] for subnet in found if subnet["SubnetId"] == like.subnet_id}
    zones = {subnet["AvailabilityZone"]: subnet["SubnetId"] for subnet in sorted(found, key=lambda one: one["SubnetId"]) if subnet["VpcId"] in home}
    return zones | {like.availability_zone: like.subnet_id}


def tags_for(like: Machine, optimization_id: str) -> dict[str, str]:
    """The tags of a node that stands in for another: its own, and the change that made it."""
    return {**like.tags, OPTIMIZATION_TAG: optimization_id}


def node_of(machine: Machine, wave: int, moment: datetime, replaces: str | None = None) -> Node:
    """The record of a machine that has just been launched."""
    return Node(
        instance_id=machine.instance_id,
        instance_type=machine.instance_type,
        availability_zone=machine.availability_zone,
        lifecycle=machine.lifecycle,
        private_ip=machine.private_ip,
        wave=wave,
        launched_at=moment,
        replaces=replaces,
    )


class Supply:
    """Where the next nodes come from: of the cheapest pools that still give, the one that has the fewest nodes so far."""

    def __init__(self, pools: Sequence[Pool]) -> None:
        self._pools = pools
        self._empty: set[tuple[str, str]] = set()

    def exhausted(self, pool: tuple[str, str]) -> None:
        """That pool gave less than was asked of it."""
        self._empty.add(pool)

    def next(self, used: Sequence[tuple[str, str]], wanted: int) -> dict[tuple[str, str], int]:
        """How many nodes to ask of which pool, so that there are as many as wanted; `used` has the pool of each node that is there.

        NoCapacity when no pool is left.
        """
        left = [pool.key for pool in ranked(self._pools) if pool.key not in self._empty][:PREFERRED_POOLS]
        if not left:
            raise NoCapacity(f"{wanted - len(used)} of {wanted} nodes could not be launched: no pool has capacity left")
        taken = list(used)
        for _ in range(wanted - len(used)):
            taken.append(min(left, key=taken.count))
        chosen = taken[len(used) :]
        return {key: chosen.count(key) for key in dict.fromkeys(chosen)}
