"""A world as its users have it: the real process, boto3, httpx and websockets. Every test has accounts of its own."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import httpx
import pytest
from botocore.config import Config

from support.drivers.process import ServerProcess

EXTERNAL_ID = "ext-1"
_CONFIG = Config(retries={"total_max_attempts": 1}, parameter_validation=False)


@dataclass
class RunningWorld:
    """Addresses, and ways in."""

    addresses: dict[str, str]
    http: httpx.Client
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(100000000001))
    _session: Any = field(default_factory=botocore.session.Session)

    def account(self) -> str:
        """An account that nothing else uses."""
        return str(next(self._numbers))

    def control(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401
        """The control interface."""
        answer = self.http.request(method, f"{self.addresses['control']}/control/accounts/{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    def pass_time(self, seconds: float) -> None:
        """Lets the customer's time pass."""
        self.http.post(f"{self.addresses['clock']}/advance", json={"seconds": seconds}).raise_for_status()

    def keys(self, account: str, role: str = "OrganizationAccountAccessRole", external_id: str | None = None) -> dict[str, str]:
        """Keys of a role in the account."""
        sts = self._client("sts", {"AccessKeyId": "organisation", "SecretAccessKey": "secret", "SessionToken": None})
        given = {"ExternalId": external_id} if external_id else {}
        return sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/{role}", RoleSessionName="test", **given)["Credentials"]  # type: ignore[no-any-return]

    def aws(self, account: str, *services: str) -> list[Any]:
        """Clients of the account's administrator."""
        keys = self.keys(account)
        return [self._client(service, keys) for service in services]

    def as_optiinfra(self, account: str, *services: str) -> list[Any]:
        """Clients of the role that the account's owner gave to OptiInfra: the one whom faults strike."""
        self.control("POST", f"{account}/stack", {"external_id": EXTERNAL_ID})
        keys = self.keys(account, "OptiInfraAccess", EXTERNAL_ID)
        return [self._client(service, keys) for service in services]

    def network(self, account: str) -> httpx.Client:
        """A client inside the account's network."""
        return httpx.Client(proxy=httpx.Proxy(self.addresses["network"], auth=(account, "any")), trust_env=False)

    def _client(self, service: str, keys: dict[str, Any]) -> Any:  # noqa: ANN401
        return boto3.Session(botocore_session=self._session).client(
            service,  # type: ignore[call-overload]
            region_name="us-east-1",
            endpoint_url=self.addresses["aws"],
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
            config=_CONFIG,
        )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWorld]:
    """A world of this module's own."""
    folder: Path = tmp_path_factory.mktemp("world")
    process = ServerProcess("the world", ["support.world"], {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2])}, folder / "log")
    with httpx.Client(trust_env=False) as http:
        yield RunningWorld(process.ready(20), http)
    process.end()
    assert "Traceback" not in process.log_tail(1000), process.log_tail(200)


def fleet(world: RunningWorld, account: str, nodes: int, name: str = "chat", engine: dict[str, Any] | None = None) -> list[Any]:
    """On-demand nodes of a deployment behind its load balancer; the instances as launched."""
    ec2, elb, ssm = world.aws(account, "ec2", "elbv2", "ssm")
    launched = launch(ec2, nodes, name)
    subnets = ec2.describe_subnets()["Subnets"][:2]
    reached = {"Protocol": "HTTP", "Port": 8000, "HealthCheckPath": "/health"}
    group = elb.create_target_group(Name=f"{name}-od", VpcId=subnets[0]["VpcId"], **reached)["TargetGroups"][0]["TargetGroupArn"]
    balancer = elb.create_load_balancer(Name=name, Subnets=[subnet["SubnetId"] for subnet in subnets])["LoadBalancers"][0]["LoadBalancerArn"]
    forward = [{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group, "Weight": 100}]}}]
    elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward)
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": each["InstanceId"]} for each in launched])
    ssm.put_parameter(Name=f"/vllm/{name}/engine-args", Value=json.dumps(engine or {}), Type="String")
    return launched


def launch(ec2: Any, nodes: int, name: str, **options: Any) -> list[Any]:  # noqa: ANN401
    """Instances of a deployment."""
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "optiinfra:deployment", "Value": name}]}]
    wanted: dict[str, Any] = {
        "ImageId": "ami-0acceptance",
        "InstanceType": "g5.12xlarge",
        "MinCount": nodes,
        "MaxCount": nodes,
        "TagSpecifications": tags,
    }
    return ec2.run_instances(**{**wanted, **options})["Instances"]  # type: ignore[no-any-return]


SPOT = {"MarketType": "spot"}
