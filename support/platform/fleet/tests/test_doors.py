"""What is made of AWS's answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from support.platform.fleet.doors import _traffic, doors_of
from support.platform.fleet.views import DEPLOYMENT_TAG, Door, group_name, name_of_group

ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/{}/73e2d6bc24d8a067"


@pytest.mark.parametrize("deployment", ["chat", "the-assistant-of-the-support-team"])
def test_traffic_is_told_by_the_group_that_a_migration_makes(deployment: str) -> None:
    own, spot = (ARN.format(name) for name in (deployment[:32], group_name(deployment, "spot")))
    action = {"ForwardConfig": {"TargetGroups": [{"TargetGroupArn": own, "Weight": 3}, {"TargetGroupArn": spot, "Weight": 1}]}}
    assert _traffic([action], deployment) == {"on_demand": "75", "spot": "25"}


def test_a_name_that_is_too_long_keeps_its_purpose() -> None:
    assert group_name("a" * 40, "spot") == f"{'a' * 27}-spot"
    assert group_name("a" * 40, "tuned") == f"{'a' * 26}-tuned"
    assert name_of_group(ARN.format("chat-spot")) == "chat-spot"


def test_without_weights_all_traffic_is_on_demand() -> None:
    assert _traffic([], "chat") == {"on_demand": "100", "spot": "0"}


class _Account:
    """An account with two pages of load balancers, one of which has gone since."""

    class exceptions:  # noqa: N801  botocore's name
        class LoadBalancerNotFoundException(Exception):
            """As botocore's."""

    def __init__(self) -> None:
        self.tagging = self.elbv2 = self

    def get_paginator(self, _operation: str) -> _Account:
        return self

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
        for names in (("chat", "gone"), ("search", "bare")):
            tagged = (
                {"ResourceARN": f"arn:{name}", "Tags": [{"Key": "team", "Value": "x"}, {"Key": DEPLOYMENT_TAG, "Value": name}]} for name in names
            )
            yield {"ResourceTagMappingList": list(tagged)}

    def describe_listeners(self, LoadBalancerArn: str) -> dict[str, Any]:  # noqa: N803  AWS's name
        if LoadBalancerArn == "arn:gone":
            raise self.exceptions.LoadBalancerNotFoundException
        return {"Listeners": [] if LoadBalancerArn == "arn:bare" else [{"ListenerArn": f"{LoadBalancerArn}/listener"}]}


def test_doors_are_those_of_the_deployments_that_are_still_there() -> None:
    account: Any = _Account()
    assert doors_of(account, {"chat", "gone", "bare", "unknown"}) == {"chat": Door("arn:chat", "arn:chat/listener"), "bare": Door("arn:bare")}
    assert doors_of(account, set()) == {}
