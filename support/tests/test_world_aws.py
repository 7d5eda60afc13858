"""The simulated AWS through boto3: trust, market, idempotency, faults, reclaim and history."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.exceptions import ClientError

from support.tests.world_process import EXTERNAL_ID, SPOT, RunningWorld, fleet, launch, world

__all__ = ["world"]


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_the_platforms_role_is_assumed_only_with_its_external_id(world: RunningWorld) -> None:
    account = world.account()
    with pytest.raises(ClientError) as before:
        world.keys(account, "OptiInfraAccess", EXTERNAL_ID)
    world.control("POST", f"{account}/stack", {"external_id": EXTERNAL_ID})
    world.keys(account, "OptiInfraAccess", EXTERNAL_ID)
    with pytest.raises(ClientError) as wrong:
        world.keys(account, "OptiInfraAccess", "ext-2")
    assert (code(before), code(wrong)) == ("AccessDenied", "AccessDenied")


def test_accounts_see_nothing_of_each_other(world: RunningWorld) -> None:
    one, other = world.account(), world.account()
    launch(world.aws(one, "ec2")[0], 2, "chat")
    assert world.aws(other, "ec2")[0].describe_instances()["Reservations"] == []


def test_lists_come_in_pages_as_short_as_declared(world: RunningWorld) -> None:
    account = world.account()
    ec2, elbv2, tagging = world.aws(account, "ec2", "elbv2", "resourcegroupstaggingapi")
    for name in ("chat", "search", "batch"):
        launch(ec2, 1, name)
        subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"][:2]]
        elbv2.create_load_balancer(Name=name, Subnets=subnets, Tags=[{"Key": "team", "Value": name}])
    world.control("PUT", f"{account}/pages", {"size": 2})
    first = ec2.describe_instances(MaxResults=1000)
    rest = ec2.describe_instances(MaxResults=1000, NextToken=first["NextToken"])
    assert (len(first["Reservations"]), len(rest["Reservations"]), rest.get("NextToken")) == (2, 1, None)
    pages = list(elbv2.get_paginator("describe_load_balancers").paginate())
    assert [len(page["LoadBalancers"]) for page in pages] == [2, 1]
    pages = list(tagging.get_paginator("get_resources").paginate(TagFilters=[{"Key": "team"}]))
    assert [len(page["ResourceTagMappingList"]) for page in pages] == [2, 1]
    assert len(ec2.describe_instances()["Reservations"]) == 3


def test_a_stack_builds_what_its_owner_would_build_call_by_call(world: RunningWorld) -> None:
    by_stack, by_calls = world.account(), world.account()
    template = {
        "image": "ami-0acceptance",
        "instance_type": "g5.12xlarge",
        "user_data": "#!/bin/sh",
        "port": 8000,
        "tags": {"optiinfra:deployment": "chat"},
        "engine_args": "{}",
    }
    wanted = {"template": template, "behaviour": {"requests_per_second": 20}, "instances": [{"gpu": 3.0}, {"gpu": 4.0}]}
    built = world.control("POST", f"{by_stack}/deployments/chat", wanted)
    fleet(world, by_calls, 2)
    assert _done(world, by_stack) == _done(world, by_calls)
    stacks, calls = ([*_seen(world, account)] for account in (by_stack, by_calls))
    assert stacks == calls
    (ec2,) = world.aws(by_stack, "ec2")
    nodes = [instance for reservation in ec2.describe_instances()["Reservations"] for instance in reservation["Instances"]]
    assert [node["InstanceId"] for node in nodes] == built["instance_ids"]
    data = ec2.describe_instance_attribute(InstanceId=built["instance_ids"][0], Attribute="userData")["UserData"]["Value"]
    assert base64.b64decode(data) == b"#!/bin/sh"
    assert len(world.control("GET", f"{by_stack}/usage")) == 2


def _done(world: RunningWorld, account: str) -> list[tuple[str, str, bool]]:
    """The account's history: which actions, and whether its administrator stands for them."""
    calls = world.control("GET", f"{account}/calls")
    return [(call["service"], call["action"], ":assumed-role/OrganizationAccountAccessRole/" in call["principal"]) for call in calls[-7:]]


def _seen(world: RunningWorld, account: str) -> Iterator[object]:
    """What an account holds, but for what is another in each account: ids and addresses."""
    ec2, elb, ssm = world.aws(account, "ec2", "elbv2", "ssm")
    for reservation in ec2.describe_instances()["Reservations"]:
        for instance in reservation["Instances"]:
            yield {name: instance[name] for name in ("InstanceType", "Placement", "State", "ImageId", "Tags", "Architecture")}
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    yield balancer["LoadBalancerName"], balancer["State"], [zone["ZoneName"] for zone in balancer["AvailabilityZones"]]
    (group,) = elb.describe_target_groups()["TargetGroups"]
    yield {name: value for name, value in group.items() if name not in {"TargetGroupArn", "LoadBalancerArns", "VpcId"}}
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    (forward,) = listener["DefaultActions"]
    yield listener["Protocol"], listener["Port"], [each["Weight"] for each in forward["ForwardConfig"]["TargetGroups"]]
    health = elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])["TargetHealthDescriptions"]
    yield [each["TargetHealth"] for each in health]
    yield [(each["Name"], each["Value"], each["Type"]) for each in ssm.get_parameters_by_path(Path="/vllm", Recursive=True)["Parameters"]]


def test_what_an_account_holds_is_told_without_what_is_gone(world: RunningWorld) -> None:
    account = world.account()
    assert world.control("GET", f"{account}/holdings") == []
    nodes = [each["InstanceId"] for each in fleet(world, account, 2)]
    tags = {"optiinfra:deployment": "chat"}
    group = {"kind": "target group", "name": "chat-od", "tags": {}}
    setting = {"kind": "setting", "name": "/vllm/chat/engine-args", "tags": {}}
    held = [{"kind": "node", "name": node, "tags": tags} for node in nodes]
    assert world.control("GET", f"{account}/holdings") == [*held, group, setting]
    ec2, ssm = world.aws(account, "ec2", "ssm")
    ec2.terminate_instances(InstanceIds=nodes[:1])
    ssm.delete_parameter(Name="/vllm/chat/engine-args")
    assert world.control("GET", f"{account}/holdings") == [held[1], group]


def test_instances_are_launched_at_the_worlds_time(world: RunningWorld) -> None:
    account = world.account()
    launched = launch(world.aws(account, "ec2")[0], 1, "chat")[0]
    assert launched["LaunchTime"] == datetime.fromisoformat(world.http.get(world.addresses["clock"]).json()["now"])


def test_a_repeated_launch_with_the_same_token_launches_nothing(world: RunningWorld) -> None:
    (ec2,) = world.aws(world.account(), "ec2")
    first = launch(ec2, 2, "chat", ClientToken="wave-1")
    again = launch(ec2, 2, "chat", ClientToken="wave-1")
    assert {each["InstanceId"] for each in first} == {each["InstanceId"] for each in again}
    with pytest.raises(ClientError) as other:
        launch(ec2, 3, "chat", ClientToken="wave-1")
    assert code(other) == "IdempotentParameterMismatch"


def test_a_launch_whose_answer_is_lost_has_happened_once(world: RunningWorld) -> None:
    account = world.account()
    (ec2,) = world.as_optiinfra(account, "ec2")
    world.control("POST", f"{account}/faults", {"service": "ec2", "action": "RunInstances", "kind": "lost_response", "times": 1})
    with pytest.raises(ClientError) as lost:
        launch(ec2, 2, "chat", ClientToken="wave-1")
    launch(ec2, 2, "chat", ClientToken="wave-1")
    assert code(lost) == "Unavailable"
    assert sum(len(each["Instances"]) for each in ec2.describe_instances()["Reservations"]) == 2


def test_capacity_is_given_as_far_as_it_goes(world: RunningWorld) -> None:
    account = world.account()
    (ec2,) = world.aws(account, "ec2")
    world.control(
        "PUT", f"{account}/market", {"region": "us-east-1", "pools": [{"instance_type": "g5.12xlarge", "availability_zone": "*", "capacity": 3}]}
    )
    placed = {"InstanceMarketOptions": SPOT, "Placement": {"AvailabilityZone": "us-east-1b"}}
    assert len(launch(ec2, 1, "chat", MaxCount=5, **placed)) == 3
    with pytest.raises(ClientError) as full:
        launch(ec2, 1, "chat", **placed)
    assert code(full) == "InsufficientInstanceCapacity"
    assert len(launch(ec2, 5, "chat")) == 5, "on-demand capacity is not the spot pool's"


def test_prices_follow_the_seed_until_they_are_declared(world: RunningWorld) -> None:
    account = world.account()
    ec2, pricing = world.aws(account, "ec2", "pricing")
    filters = [
        {"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in (("instanceType", "g5.12xlarge"), ("regionCode", "us-east-1"))
    ]
    (product,) = pricing.get_products(ServiceCode="AmazonEC2", Filters=filters)["PriceList"]
    (term,) = json.loads(product)["terms"]["OnDemand"].values()
    (dimension,) = term["priceDimensions"].values()
    on_demand = Decimal(dimension["pricePerUnit"]["USD"])
    seeded = ec2.describe_spot_price_history(InstanceTypes=["g5.12xlarge"])["SpotPriceHistory"]
    assert on_demand == Decimal("5.672")
    assert len({each["AvailabilityZone"] for each in seeded}) == len(seeded) >= 3
    assert all(Decimal("0.28") < Decimal(each["SpotPrice"]) / on_demand < Decimal("0.47") for each in seeded)
    world.control("PUT", f"{account}/market", {"pools": [{"instance_type": "g5.12xlarge", "availability_zone": "us-east-1b", "price": "4.00"}]})
    (now,) = ec2.describe_spot_price_history(InstanceTypes=["g5.12xlarge"], AvailabilityZone="us-east-1b")["SpotPriceHistory"]
    assert now["SpotPrice"] == "4.00"


def test_price_history_names_the_price_in_force_and_each_change(world: RunningWorld) -> None:
    account = world.account()
    start = datetime.fromisoformat(world.http.get(world.addresses["clock"]).json()["now"])
    steps = [[(start - timedelta(minutes=minutes)).isoformat(), price] for minutes, price in ((90, "1.50"), (30, "1.80"), (10, "2.10"))]
    world.control(
        "PUT", f"{account}/market", {"pools": [{"instance_type": "g5.xlarge", "availability_zone": "us-east-1a", "price": {"steps": steps}}]}
    )
    (ec2,) = world.aws(account, "ec2")
    history = ec2.describe_spot_price_history(
        InstanceTypes=["g5.xlarge"], AvailabilityZone="us-east-1a", StartTime=start - timedelta(hours=1), EndTime=start
    )["SpotPriceHistory"]
    assert [each["SpotPrice"] for each in history] == ["2.10", "1.80", "1.50"]
    query = f"instance_type=g5.xlarge&availability_zone=us-east-1a&from={(start - timedelta(hours=1)).isoformat()}&to={start.isoformat()}"
    assert [step["price"] for step in world.control("GET", f"{account}/prices?{query}")] == ["1.50", "1.80", "2.10"]


def test_a_reclaimed_instance_is_gone_after_its_notice(world: RunningWorld) -> None:
    account = world.account()
    (ec2,) = world.aws(account, "ec2")
    (spot,) = launch(ec2, 1, "chat", InstanceMarketOptions=SPOT)
    world.control("POST", f"{account}/reclaim", {"instance_ids": [spot["InstanceId"]], "rebalance": "before"})
    world.pass_time(119)
    assert state(ec2, spot) == "running"
    world.pass_time(1)
    assert state(ec2, spot) == "terminated"
    kinds = [event["detail-type"] for event in world.control("GET", f"{account}/events")]
    assert kinds[1:] == ["EC2 Instance Rebalance Recommendation", "EC2 Spot Instance Interruption Warning", "EC2 Instance State-change Notification"]
    (used,) = world.control("GET", f"{account}/usage")
    assert datetime.fromisoformat(used["terminated"]) - datetime.fromisoformat(used["launched"]) == timedelta(seconds=120)


def state(ec2: object, instance: dict[str, str]) -> str:
    answer = ec2.describe_instances(InstanceIds=[instance["InstanceId"]])  # type: ignore[attr-defined]
    return str(answer["Reservations"][0]["Instances"][0]["State"]["Name"])


def test_events_that_are_wanted_are_delivered_in_order_over_one_connection_before_time_moves_on(world: RunningWorld) -> None:
    account = world.account()
    received: list[tuple[str, str]] = []
    connections: set[object] = set()

    class Receiver(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            received.append((self.headers["Authorization"], event["detail-type"]))
            connections.add(self.client_address)
            self.send_response(202)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Keeps the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        stack = {"external_id": EXTERNAL_ID, "event_url": f"http://127.0.0.1:{server.server_port}/events", "event_token": "oia_1"}
        wanted = {"$or": [{"detail": {"state": ["terminated"]}}, {"detail-type": [{"prefix": "EC2 Spot"}, {"suffix": "Recommendation"}]}]}
        world.control("POST", f"{account}/stack", {**stack, "event_pattern": wanted})
        (spot,) = launch(world.aws(account, "ec2")[0], 1, "chat", InstanceMarketOptions=SPOT)
        world.control("POST", f"{account}/reclaim", {"instance_ids": [spot["InstanceId"]], "rebalance": "after"})
        world.pass_time(120)
        server.shutdown()
    events = world.control("GET", f"{account}/events")
    kinds = [event["detail-type"] for event in events]
    assert [event["detail"].get("state") for event in events] == ["running", None, None, "terminated"]
    assert received == [("Bearer oia_1", kind) for kind in kinds[1:]]
    assert len(connections) == 1
    assert kinds[1:3] == ["EC2 Spot Instance Interruption Warning", "EC2 Instance Rebalance Recommendation"]


def test_a_port_that_is_taken_is_one_clear_line(world: RunningWorld) -> None:
    port = world.addresses["aws"].rsplit(":", 1)[1]
    ended = subprocess.run([sys.executable, "-m", "support.world", "--aws-port", port], capture_output=True, text=True, check=False)  # noqa: S603  (our own module)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"world: port {port} on 127.0.0.1 cannot be used")
    assert ended.stderr.count("\n") == 1


def test_an_on_demand_instance_is_never_reclaimed(world: RunningWorld) -> None:
    account = world.account()
    (node,) = launch(world.aws(account, "ec2")[0], 1, "chat")
    answer = world.http.post(f"{world.addresses['control']}/control/accounts/{account}/reclaim", json={"instance_ids": [node["InstanceId"]]})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("kind", "expected"), [("throttle", "RequestLimitExceeded"), ("access_denied", "UnauthorizedOperation"), ("unavailable", "Unavailable")]
)
def test_a_fault_strikes_when_and_as_often_as_declared(world: RunningWorld, kind: str, expected: str) -> None:
    account = world.account()
    (ec2,) = world.as_optiinfra(account, "ec2")
    world.control("POST", f"{account}/faults", {"service": "ec2", "action": "DescribeInstances", "kind": kind, "times": 1, "after": 1})
    ec2.describe_instances()
    with pytest.raises(ClientError) as struck:
        ec2.describe_instances()
    ec2.describe_instances()
    assert code(struck) == expected


def test_a_fault_spares_the_account_s_administrator(world: RunningWorld) -> None:
    account = world.account()
    (ours,), (owners,) = world.as_optiinfra(account, "ec2"), world.aws(account, "ec2")
    world.control("POST", f"{account}/faults", {"service": "*", "action": "*", "kind": "access_denied"})
    with pytest.raises(ClientError):
        ours.describe_instances()
    assert owners.describe_instances()["Reservations"] == []


def test_every_call_is_remembered_with_its_parameters_and_outcome(world: RunningWorld) -> None:
    account = world.account()
    (ec2,) = world.aws(account, "ec2")
    launch(ec2, 1, "chat", ClientToken="wave-1")
    with pytest.raises(ClientError):
        ec2.terminate_instances(InstanceIds=["i-0123456789abcdef0"])
    calls = world.control("GET", f"{account}/calls?service=ec2")
    assert [(call["action"], call["error_code"]) for call in calls] == [("RunInstances", None), ("TerminateInstances", "InvalidInstanceID.NotFound")]
    assert calls[0]["parameters"]["ClientToken"] == "wave-1"
    assert calls[0]["principal"].endswith("assumed-role/OrganizationAccountAccessRole/test")


def test_utilisation_is_what_was_declared(world: RunningWorld) -> None:
    account = world.account()
    (cloudwatch,) = world.aws(account, "cloudwatch")
    node = fleet(world, account, 1)[0]["InstanceId"]
    world.control("PUT", f"{account}/deployments/chat", {"utilization": 78, "peak_utilization": 91})
    now = datetime.fromisoformat(world.http.get(world.addresses["clock"]).json()["now"])
    asked = {
        "Namespace": "CWAgent",
        "MetricName": "nvidia_smi_utilization_gpu",
        "Dimensions": [{"Name": "InstanceId", "Value": node}],
        "StartTime": now - timedelta(hours=1),
        "EndTime": now,
        "Period": 300,
        "Statistics": ["Average", "Maximum"],
    }
    points = cloudwatch.get_metric_statistics(**asked)["Datapoints"]
    assert {(point["Average"], point["Maximum"]) for point in points} == {(78.0, 91.0)}
    assert len(points) in (12, 13), "an hour holds twelve periods, and touches thirteen"
    world.control("PUT", f"{account}/utilization", {"instances": {node: {"gpu": 2.0, "peak_gpu": 3.0}}})
    assert {(point["Average"], point["Maximum"]) for point in cloudwatch.get_metric_statistics(**asked)["Datapoints"]} == {(2.0, 3.0)}


def test_wrong_input_to_the_control_interface_names_the_field(world: RunningWorld) -> None:
    answer = world.http.post(
        f"{world.addresses['control']}/control/accounts/{world.account()}/faults", json={"service": "ec2", "action": "*", "kind": "fire"}
    )
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("kind: ")
