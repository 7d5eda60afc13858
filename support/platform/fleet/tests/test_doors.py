"""What is made of AWS's answers."""

from __future__ import annotations

import pytest

from support.platform.fleet.doors import _traffic
from support.platform.fleet.views import group_name, name_of_group

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
