"""A persona's fleet, built in a fresh AWS account by a CloudFormation stack of its owner: instances, load balancer, engine settings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from support.drivers.aws import REGION, AwsAccount
from support.drivers.cloud import DEPLOYMENT_TAG
from support.drivers.simulator import Simulator, busy
from support.personas import FleetTrait

IMAGE = "ami-0c0ffee0c0ffee000"
MODEL_PORT = 8000


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


async def provision(simulator: Simulator, account: str, trait: FleetTrait, count: int | None = None) -> Deployment:
    """Builds one deployment, with `count` nodes where the scenario names a number; everything runs on return."""
    size = trait.count if count is None else count
    wanted = {
        "template": _template(trait),
        "behaviour": {"interruption_tolerant": trait.interruption_tolerant, **trait.behaviour},
        "instances": [busy(percent, trait.peak) for percent in _spread(trait, size)],
    }
    built = await simulator.build_deployment(account, trait.deployment, wanted)
    return Deployment(trait.deployment, built.front_door, built.instance_ids)


def _spread(trait: FleetTrait, count: int) -> tuple[float, ...]:
    given = trait.utilization[:count]
    return (*given, *(trait.utilization[-1] for _ in range(count - len(given))))


def _template(trait: FleetTrait) -> dict[str, Any]:
    return {
        "image": IMAGE,
        "instance_type": trait.instance_type,
        "user_data": f"#!/bin/sh\nexec vllm serve {trait.model} --tensor-parallel-size {trait.tensor_parallel}\n",
        "port": MODEL_PORT,
        "tags": {
            DEPLOYMENT_TAG: trait.deployment,
            "optiinfra:interruptible": str(trait.interruption_tolerant).lower(),
            "Name": trait.deployment,
        },
        "engine_args": _engine_args(trait),
    }


async def launch(aws: AwsAccount, instance_type: str, region: str = REGION) -> str:
    """One more on-demand instance, with no tag: its owner uses it for something else. Its id."""
    answer = await aws.call("ec2", "run_instances", region, ImageId=IMAGE, InstanceType=instance_type, MinCount=1, MaxCount=1)
    return str(answer["Instances"][0]["InstanceId"])


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
