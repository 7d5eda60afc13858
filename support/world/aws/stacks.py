"""A deployment as its owner's CloudFormation stack builds it: each part by the action of AWS that makes it, none by a request of its own."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore import xform_name
from moto.core.responses import BaseResponse
from moto.ssm.responses import SimpleSystemManagerResponse
from pydantic import BaseModel, ConfigDict

from support.world.accounts import Account, Call
from support.world.aws.ec2 import Ec2
from support.world.aws.elbv2 import LoadBalancing
from support.world.aws.services import written
from support.world.aws.trust import ADMINISTRATOR
from support.world.world import World

REGION = "us-east-1"
ZONES = (f"{REGION}a", f"{REGION}b")
"""In which a load balancer stands: AWS wants two."""


class Template(BaseModel):
    """Nodes behind a load balancer of their own, and the settings of their engines."""

    model_config = ConfigDict(extra="forbid")

    image: str
    instance_type: str
    user_data: str
    port: int
    """On which each node serves."""
    tags: dict[str, str]
    """Of every part."""
    engine_args: str


@dataclass(frozen=True)
class Built:
    """What a stack has made: the load balancer's name in the network, and the nodes."""

    front_door: str
    instance_ids: list[str]


class CloudFormation:
    """Of one account. As in AWS, what it does is part of the account's history, in the administrator's name."""

    def __init__(self, world: World, account: Account) -> None:
        self._world = world
        self._account = account
        self._services: Mapping[str, BaseResponse] = {"ec2": Ec2(world), "elbv2": LoadBalancing(world), "ssm": SimpleSystemManagerResponse()}

    def build(self, name: str, template: Template, count: int) -> Built:
        """Carries the template out, for a deployment of that name and so many nodes."""
        tags = [{"Key": key, "Value": value} for key, value in template.tags.items()]
        instance_ids = self._launch(template, count, tags)
        subnets = self._do("ec2", "DescribeSubnets", Filters=[{"Name": "availability-zone", "Values": list(ZONES)}])["Subnets"]
        group = self._do(
            "elbv2",
            "CreateTargetGroup",
            Name=f"{name}-od",
            Protocol="HTTP",
            Port=template.port,
            VpcId=subnets[0].vpc_id,
            HealthCheckPath="/health",
            Tags=tags,
        )["TargetGroups"][0]
        reached = [subnet.id for subnet in subnets]
        door = self._do("elbv2", "CreateLoadBalancer", Name=name, Subnets=reached, Type="application", Tags=tags)["LoadBalancers"][0]
        forward = {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group.arn, "Weight": 100}]}}
        self._do("elbv2", "CreateListener", LoadBalancerArn=door.arn, Protocol="HTTP", Port=80, DefaultActions=[forward])
        targets = [{"Id": instance, "Port": template.port} for instance in instance_ids]
        self._do("elbv2", "RegisterTargets", TargetGroupArn=group.arn, Targets=targets)
        self._do("ssm", "PutParameter", Name=f"/vllm/{name}/engine-args", Type="String", Value=template.engine_args, Overwrite=True)
        return Built(str(door.dns_name), instance_ids)

    def _launch(self, template: Template, count: int, tags: Sequence[Mapping[str, str]]) -> list[str]:
        reservation = self._do(
            "ec2",
            "RunInstances",
            ImageId=template.image,
            InstanceType=template.instance_type,
            MinCount=count,
            MaxCount=count,
            UserData=base64.b64encode(template.user_data.encode()).decode(),
            TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
        )
        return [str(instance.id) for instance in reservation.instances]

    def _do(self, service: str, action: str, **parameters: Any) -> Any:  # noqa: ANN401  (moto's models)
        """What moto makes of an action for which there is no request."""
        carrying_out = self._services[service]
        carrying_out.region, carrying_out.partition, carrying_out.current_account = REGION, "aws", self._account.number
        carrying_out.params, carrying_out.uri_match = parameters, {}
        made = getattr(carrying_out, xform_name(action))().result
        principal = f"arn:aws:sts::{self._account.number}:assumed-role/{ADMINISTRATOR}/AWSCloudFormation"
        calls = self._account.calls
        calls.append(Call(len(calls) + 1, self._world.clock.now, service, action, written(parameters), 200, None, principal))
        return made
