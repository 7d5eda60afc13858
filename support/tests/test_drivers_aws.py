"""Our own way to AWS: what is asked and answered is what boto3 would ask and be answered."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime
from typing import Any

import boto3
import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from support.drivers.aws import REGION, Aws, AwsAccess
from support.drivers.http import Http, NoAnswer
from support.drivers.lost import TargetLost
from support.drivers.provisioning import provision
from support.drivers.simulator import Simulator
from support.personas import PERSONAS
from support.tests.world_process import RunningWorld, world

__all__ = ["world"]

KEYS = ("acceptance", "acceptance")


@pytest.fixture
async def aws(world: RunningWorld) -> AsyncIterator[Aws]:
    async with aclosing(Aws(AwsAccess(world.addresses["aws"], *KEYS))) as aws:
        yield aws


async def test_a_fleet_is_what_boto3_finds_of_it(world: RunningWorld, aws: Aws) -> None:
    number, trait = world.account(), PERSONAS["Northwind"].fleets[0]
    async with aclosing(Http("", 5.0)) as client:
        built = await provision(aws.account(number), Simulator(client, world.addresses["control"]), trait, 2)
    ec2, elbv2, ssm = world.aws(number, "ec2", "elbv2", "ssm")
    account = aws.account(number)
    found = await account.call("ec2", "describe_instances", InstanceIds=list(built.instance_ids))
    wanted = ec2.describe_instances(InstanceIds=list(built.instance_ids))
    assert _without_metadata(found) == _without_metadata(wanted)
    assert isinstance(found["Reservations"][0]["Instances"][0]["LaunchTime"], datetime)
    group = elbv2.describe_target_groups()["TargetGroups"][0]["TargetGroupArn"]
    found = await account.call("elbv2", "describe_target_health", TargetGroupArn=group)
    assert _without_metadata(found) == _without_metadata(elbv2.describe_target_health(TargetGroupArn=group))
    found = await account.call("ssm", "get_parameters_by_path", Path="/vllm", Recursive=True)
    assert found["Parameters"] == ssm.get_parameters_by_path(Path="/vllm", Recursive=True)["Parameters"]
    told = ec2.describe_instance_attribute(InstanceId=built.instance_ids[0], Attribute="userData")["UserData"]["Value"]
    assert b64decode(told).startswith(b"#!/bin/sh\nexec vllm serve")


async def test_a_refusal_of_aws_is_botocores(world: RunningWorld, aws: Aws) -> None:
    with pytest.raises(ClientError) as refused:
        await aws.account(world.account()).call("ec2", "terminate_instances", InstanceIds=["i-00000000000000000"])
    assert refused.value.response["Error"]["Code"] == "InvalidInstanceID.NotFound"
    with pytest.raises(ClientError, match="ParameterNotFound"):
        await aws.account(world.account()).call("ssm", "get_parameter", Name="/nothing")


async def test_silence_of_aws_is_the_loss_of_the_target(unused_tcp_port: int) -> None:
    async with aclosing(Aws(AwsAccess(f"http://127.0.0.1:{unused_tcp_port}", *KEYS))) as silent:
        with pytest.raises(TargetLost, match="AWS did not answer sts:assume_role"):
            await silent.account("123456789012").call("ec2", "describe_instances")


@pytest.mark.parametrize(
    ("service", "operation"),
    [("ec2", "describe_tags"), ("elbv2", "describe_listeners"), ("ssm", "get_parameters"), ("sts", "get_caller_identity")],
)
async def test_without_an_address_it_is_asked_where_boto3_asks(monkeypatch: pytest.MonkeyPatch, service: str, operation: str) -> None:
    asked: list[str] = []

    async def unheard(_client: Http, _method: str, url: str, **_told: object) -> None:
        asked.append(url.rstrip("/"))
        raise NoAnswer

    monkeypatch.setattr(Http, "ask", unheard)
    async with aclosing(Aws(AwsAccess(None, *KEYS))) as real:
        with pytest.raises(TargetLost):
            await real.ask(Credentials(*KEYS), service, REGION, operation, {})
    client = boto3.client(service, region_name=REGION, aws_access_key_id="any", aws_secret_access_key="any")  # type: ignore[call-overload]
    assert asked == [client.meta.endpoint_url]


def _without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}
