"""A persona's fleet, built in a fresh AWS account as its owner would have built it: instances, load balancer, engine settings."""

from __future__ import annotations

import json
from dataclasses import dataclass

from support.drivers.aws import REGION, Ask, AwsAccount
from support.drivers.cloud import DEPLOYMENT_TAG
from support.drivers.simulator import Simulator, Utilization
from support.personas import FleetTrait

IMAGE = "ami-0c0ffee0c0ffee000"
MODEL_PORT = 8000

ZONES = (f"{REGION}a", f"{REGION}b")
"""In which a load balancer stands: AWS wants two."""

Tags = list[dict[str, str]]
"""As AWS takes them."""


@dataclass(frozen=True)
class Deployment:
    """A deployment as its owner built it: the address of its front door, and what it started with."""

    name: str
    front_door: str
    instance_ids: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many nodes its owner gave it."""
        return len(self.instance_ids)


async def provision(aws: AwsAccount, simulator: Simulator, trait: FleetTrait, count: int | None = None) -> Deployment:
    """Builds one deployment, with `count` nodes where the scenario names a number; everything runs on return."""
    size = trait.count if count is None else count
    built = await aws.work(lambda ask: _built(ask, trait, size))
    behaviour = {"interruption_tolerant": trait.interruption_tolerant, **trait.behaviour}
    busy = Utilization(dict(zip(built.instance_ids, _spread(trait, size), strict=True)), trait.peak)
    await simulator.set_up_deployment(aws.number, trait.deployment, behaviour, busy)
    return built


def _spread(trait: FleetTrait, count: int) -> tuple[float, ...]:
    given = trait.utilization[:count]
    return (*given, *(trait.utilization[-1] for _ in range(count - len(given))))


async def launch(aws: AwsAccount, instance_type: str, region: str = REGION) -> str:
    """One more on-demand instance, with no tag: its owner uses it for something else. Its id."""
    answer = await aws.call("ec2", "run_instances", region, ImageId=IMAGE, InstanceType=instance_type, MinCount=1, MaxCount=1)
    return str(answer["Instances"][0]["InstanceId"])


def _built(ask: Ask, trait: FleetTrait, count: int) -> Deployment:
    tags = _listed({DEPLOYMENT_TAG: trait.deployment, "optiinfra:interruptible": str(trait.interruption_tolerant).lower(), "Name": trait.deployment})
    launched = _launched(ask, trait, count, tags)
    front_door, group = _balanced(ask, trait.deployment, tags)
    ask("elbv2", "register_targets", TargetGroupArn=group, Targets=[{"Id": instance, "Port": MODEL_PORT} for instance in launched])
    ask("ssm", "put_parameter", Name=f"/vllm/{trait.deployment}/engine-args", Type="String", Value=_engine_args(trait), Overwrite=True)
    return Deployment(trait.deployment, front_door, launched)


def _launched(ask: Ask, trait: FleetTrait, count: int, tags: Tags) -> tuple[str, ...]:
    answer = ask(
        "ec2",
        "run_instances",
        ImageId=IMAGE,
        InstanceType=trait.instance_type,
        MinCount=count,
        MaxCount=count,
        UserData=f"#!/bin/sh\nexec vllm serve {trait.model} --tensor-parallel-size {trait.tensor_parallel}\n",
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
    )
    return tuple(instance["InstanceId"] for instance in answer["Instances"])


def _balanced(ask: Ask, name: str, tags: Tags) -> tuple[str, str]:
    zones = {"Name": "availability-zone", "Values": list(ZONES)}
    subnets = ask("ec2", "describe_subnets", Filters=[zones])["Subnets"]
    group = ask(
        "elbv2",
        "create_target_group",
        Name=f"{name}-od",
        Protocol="HTTP",
        Port=MODEL_PORT,
        VpcId=subnets[0]["VpcId"],
        HealthCheckPath="/health",
        Tags=tags,
    )["TargetGroups"][0]["TargetGroupArn"]
    reached = [subnet["SubnetId"] for subnet in subnets]
    door = ask("elbv2", "create_load_balancer", Name=name, Subnets=reached, Type="application", Tags=tags)["LoadBalancers"][0]
    forward = {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group, "Weight": 100}]}}
    ask("elbv2", "create_listener", LoadBalancerArn=door["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[forward])
    return door["DNSName"], group


def _engine_args(trait: FleetTrait) -> str:
    settings = {
        "model": trait.model,
        "gpu_memory_utilization": 0.90,
        "max_num_seqs": 256,
        "max_num_batched_tokens": 8192,
        "enable_prefix_caching": True,
        "kv_cache_dtype": "auto",
        "quantization": None,
        "tensor_parallel_size": trait.tensor_parallel,
    }
    return json.dumps(settings)


def _listed(tags: dict[str, str]) -> Tags:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
