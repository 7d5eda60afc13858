"""Our answers of AWS are those that moto writes itself, for every operation that OptiInfra and the suite use."""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from moto.core.botocore_stubber import MockRawResponse

from support.world.accounts import Accounts
from support.world.aws.events import Events
from support.world.aws.networks import ADDRESSES, Network
from support.world.clock.world_clock import WorldClock
from support.world.world import World

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Clients:
    """Clients of an AWS in this process."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401
        self._app = app
        self._session = botocore.session.Session()

    def __call__(self, service: str) -> Any:  # noqa: ANN401
        client = self._session.create_client(
            service,
            region_name="us-east-1",
            endpoint_url="http://aws.simulated",
            aws_access_key_id="organisation",
            aws_secret_access_key="secret",
            config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
        )
        client.meta.events.register("before-send", self._sent)
        return client

    def _sent(self, request: AWSPreparedRequest, **_: Any) -> Any:  # noqa: ANN401
        body: Any = request.body or b""
        headers = [(name.lower().encode(), _bytes(value)) for name, value in request.headers.items()]
        scope = {"type": "http", "method": request.method, "path": "/", "raw_path": b"/", "query_string": b"", "headers": headers}
        told: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": _bytes(body)}

        async def send(message: Any) -> None:  # noqa: ANN401
            told.append(message)

        asyncio.run(self._app(scope, receive, send))
        start, content = told
        given: Any = {name.decode(): value.decode() for name, value in start["headers"]}
        return AWSResponse(request.url, start["status"], given, MockRawResponse(content["body"]))


def _bytes(text: Any) -> bytes:  # noqa: ANN401  (text or bytes)
    return text.encode() if isinstance(text, str) else bytes(text)


@pytest.fixture(name="compared")
def _compared(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often an operation's answer was ours, and moto's to the letter; so were its parameters, as we read them."""
    from moto.core.parse import EC2QueryParser, JSONParser, QueryParser
    from moto.core.responses import ActionResult
    from moto.core.serialize import XFormedAttributePicker

    from support.world.aws.moto_speed import QUICK
    from support.world.aws.parameters import Given, GivenInJson, GivenToEc2

    compared: Counter[str] = Counter()
    moto_reads: dict[Any, Any] = {Given: QueryParser, GivenToEc2: EC2QueryParser, GivenInJson: JSONParser}
    moto_s = {quick: own for own, quick in QUICK.items()}
    quickly = ActionResult.execute_result

    def both(result: ActionResult, context: Any) -> Any:  # noqa: ANN401
        given = quickly(result, context)
        picker = XFormedAttributePicker(response_transformers=context.response.RESPONSE_KEY_PATH_TO_TRANSFORMER)
        own = moto_s[context.serializer_class](context.operation_model, value_picker=picker).serialize(result.result)
        assert given == (own["status_code"], own["headers"], own["body"])
        compared[str(context.operation_model.name)] += 1
        return given

    def both_read(reading: Any) -> Any:  # noqa: ANN401
        def read(parser: Any, request: Any, shape: Any) -> Any:  # noqa: ANN401
            given = reading(parser, request, shape)
            assert given == moto_reads[type(parser)](parser.operation_model).parse(request)
            return given

        return read

    monkeypatch.setattr(ActionResult, "execute_result", both)
    for kind in (Given, GivenInJson):
        monkeypatch.setattr(kind, "_do_parse", both_read(kind._do_parse))
    return compared


@pytest.fixture(name="clients")
def _clients() -> Clients:
    from support.world.preload import moto

    clock = WorldClock(NOW)
    moto.give_time(lambda: clock.now)
    from support.world.aws.app import AwsApp

    return Clients(AwsApp(World(clock, Accounts(7), Events(clock))))


def test_every_answer_is_what_moto_would_write(clients: Clients, compared: Counter[str]) -> None:
    ec2, elb, tagging, ssm, cloudwatch, sts = (clients(name) for name in ("ec2", "elbv2", "resourcegroupstaggingapi", "ssm", "cloudwatch", "sts"))
    answers = itertools.chain(
        _sts(sts),
        _ec2(ec2),
        _elb(elb, ec2),
        _tagging(tagging),
        _ssm(ssm),
        _cloudwatch(cloudwatch, ec2),
    )
    asked = Counter(str(operation) for operation in answers)
    assert compared == asked


def _sts(sts: Any) -> Iterator[str]:  # noqa: ANN401
    sts.assume_role(RoleArn="arn:aws:iam::100000000001:role/OrganizationAccountAccessRole", RoleSessionName="test")
    yield "AssumeRole"


def _ec2(ec2: Any) -> Iterator[str]:  # noqa: ANN401
    assert ec2.describe_instances()["Reservations"] == []
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": 'a < b & "c"'}, {"Key": "empty", "Value": ""}]}]
    launched = [
        ec2.run_instances(ImageId="ami-0acceptance", InstanceType="g5.xlarge", MinCount=1, MaxCount=1, TagSpecifications=tags, **options)
        for options in ({}, {"InstanceMarketOptions": {"MarketType": "spot"}}, {"UserData": "ZWNobw=="})
    ]
    first, second, _ = (each["Instances"][0]["InstanceId"] for each in launched)
    yield from ("DescribeInstances", "RunInstances", "RunInstances", "RunInstances")
    ec2.create_tags(Resources=[second], Tags=[{"Key": "Zürich", "Value": "東京"}])
    for operation in ("describe_instances", "describe_subnets", "describe_tags", "describe_vpcs", "describe_security_groups", "describe_images"):
        getattr(ec2, operation)()
    yield from ("CreateTags", "DescribeInstances", "DescribeSubnets", "DescribeTags", "DescribeVpcs", "DescribeSecurityGroups", "DescribeImages")
    ec2.describe_instance_attribute(InstanceId=first, Attribute="userData")
    ec2.describe_instance_types(InstanceTypes=["g5.xlarge", "m5.large"])
    ec2.describe_spot_price_history(InstanceTypes=["g5.xlarge"], StartTime=NOW - timedelta(hours=1))
    ec2.stop_instances(InstanceIds=[first])
    ec2.start_instances(InstanceIds=[first])
    ec2.terminate_instances(InstanceIds=[second])
    ec2.describe_instances()
    yield from ("DescribeInstanceAttribute", "DescribeInstanceTypes", "DescribeSpotPriceHistory")
    yield from ("StopInstances", "StartInstances", "TerminateInstances", "DescribeInstances")
    with pytest.raises(ec2.exceptions.ClientError, match=r"InvalidInstanceID.NotFound"):
        ec2.describe_instances(InstanceIds=["i-1234567890abcdef0"])
    yield "DescribeInstances"


def _elb(elb: Any, ec2: Any) -> Iterator[str]:  # noqa: ANN401
    subnets = ec2.describe_subnets()["Subnets"]
    node = ec2.run_instances(ImageId="ami-0acceptance", InstanceType="g5.xlarge", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    yield from ("DescribeSubnets", "RunInstances")
    tags = [{"Key": "optiinfra:deployment", "Value": "chat"}]
    wanted = {"Protocol": "HTTP", "Port": 8000, "VpcId": subnets[0]["VpcId"], "Tags": tags}
    group, other = (elb.create_target_group(Name=name, **wanted)["TargetGroups"][0]["TargetGroupArn"] for name in ("one", "other"))
    balancer = elb.create_load_balancer(Name="chat", Subnets=[each["SubnetId"] for each in subnets[:2]], Tags=tags)["LoadBalancers"][0]
    forward = [{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group, "Weight": 90}]}}]
    listener = elb.create_listener(LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=forward)["Listeners"][0]
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": node}])
    yield from ("CreateTargetGroup", "CreateTargetGroup", "CreateLoadBalancer", "CreateListener", "RegisterTargets")
    elb.describe_load_balancers()
    elb.describe_target_groups()
    elb.describe_target_health(TargetGroupArn=group)
    elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])
    elb.describe_tags(ResourceArns=[group, balancer["LoadBalancerArn"]])
    elb.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=forward)
    elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": node}])
    elb.delete_target_group(TargetGroupArn=other)
    yield from ("DescribeLoadBalancers", "DescribeTargetGroups", "DescribeTargetHealth", "DescribeListeners")
    yield from ("DescribeTags", "ModifyListener", "DeregisterTargets", "DeleteTargetGroup")


def _tagging(tagging: Any) -> Iterator[str]:  # noqa: ANN401
    pages = tagging.get_paginator("get_resources").paginate(
        TagFilters=[{"Key": "optiinfra:deployment"}],
        ResourceTypeFilters=["elasticloadbalancing:loadbalancer", "elasticloadbalancing:targetgroup"],
        PaginationConfig={"PageSize": 1},
    )
    found = [told["ResourceARN"].split("/")[-2] for page in pages for told in page["ResourceTagMappingList"]]
    assert found == ["chat", "one"]
    yield from ("GetResources", "GetResources")


def _ssm(ssm: Any) -> Iterator[str]:  # noqa: ANN401
    ssm.put_parameter(Name="/vllm/chat/engine-args", Value='{"quantization": "fp8"}', Type="String")
    ssm.get_parameters(Names=["/vllm/chat/engine-args", "/vllm/none"])
    ssm.get_parameters_by_path(Path="/vllm", Recursive=True)
    ssm.delete_parameter(Name="/vllm/chat/engine-args")
    yield from ("PutParameter", "GetParameters", "GetParametersByPath", "DeleteParameter")
    with pytest.raises(ssm.exceptions.ClientError, match="ParameterNotFound"):
        ssm.get_parameter(Name="/vllm/none")
    yield "GetParameter"


def _cloudwatch(cloudwatch: Any, ec2: Any) -> Iterator[str]:  # noqa: ANN401
    node = ec2.describe_instances()["Reservations"][0]["Instances"][0]["InstanceId"]
    yield "DescribeInstances"
    metric = {"Namespace": "AWS/EC2", "MetricName": "CPUUtilization", "Dimensions": [{"Name": "InstanceId", "Value": node}]}
    period = {"StartTime": NOW - timedelta(hours=2), "EndTime": NOW}
    cloudwatch.get_metric_statistics(**metric, **period, Period=300, Statistics=["Average", "Maximum"])
    query = {"Id": "cpu", "MetricStat": {"Metric": metric, "Period": 300, "Stat": "Average"}}
    cloudwatch.get_metric_data(MetricDataQueries=[query], **period)
    yield from ("GetMetricStatistics", "GetMetricData")


def test_networks_of_the_same_words_are_worked_out_once_and_are_pythons() -> None:
    one, same = Network("172.31.0.0/16"), Network("172.31.0.0/16")
    assert one == same == ipaddress.IPv4Network("172.31.0.0/16")
    assert vars(one) is vars(same)
    assert [str(part) for part in one.subnets(new_prefix=18)] == ["172.31.0.0/18", "172.31.64.0/18", "172.31.128.0/18", "172.31.192.0/18"]
    assert ADDRESSES.ip_network("fd00::/8") == ipaddress.ip_network("fd00::/8")
    with pytest.raises(ValueError, match="host bits set"):
        Network("172.31.0.1/16")
    assert str(Network("172.31.0.1/16", strict=False)) == "172.31.0.0/16"
