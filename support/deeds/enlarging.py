"""What else a company has in its cloud when OptiInfra is let in: further deployments, other nodes, and what it no longer runs."""

from __future__ import annotations

from dataclasses import replace

from support.drivers.aws import REGION
from support.drivers.cloud import Cloud
from support.drivers.provisioning import launch, provision
from support.drivers.simulator import Simulator
from support.story import Estate


async def with_deployment(simulator: Simulator, estate: Estate, name: str) -> Estate:
    """The estate with one more deployment, of one node of the same kind."""
    trait = replace(estate.persona.main_fleet, deployment=name, count=1)
    built = await provision(simulator, estate.account, trait)
    return replace(estate, deployments=(*estate.deployments, built))


async def launch_others(cloud: Cloud, estate: Estate, count: int, region: str = REGION) -> None:
    """Launches nodes of the same kind, one by one, that serve no deployment."""
    for _ in range(count):
        await launch(cloud.account(estate.account), estate.persona.main_fleet.instance_type, region)


async def stop_and_terminate(cloud: Cloud, estate: Estate) -> None:
    """Stops the main deployment's last node and terminates the one before it."""
    *_, ended, stopped = estate.deployments[0].instance_ids
    aws = cloud.account(estate.account)
    await aws.call("ec2", "stop_instances", InstanceIds=[stopped])
    await aws.call("ec2", "terminate_instances", InstanceIds=[ended])
