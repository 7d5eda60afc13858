"""The load balancers through which deployments are reached, and where they send the traffic."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import Any

from support.platform.cloud import AwsAccount
from support.platform.fleet.views import DEPLOYMENT_TAG, Door, group_name, name_of_group

LOAD_BALANCER = "elasticloadbalancing:loadbalancer"


def doors_of(account: AwsAccount, deployments: Collection[str]) -> dict[str, Door]:
    """The load balancer of each of these deployments that has one, found by its tag."""
    if not deployments:
        return {}
    doors = {name: _door(account, arn, name) for arn, name in _tagged(account) if name in deployments}
    return {name: door for name, door in doors.items() if door is not None}


def _tagged(account: AwsAccount) -> Iterator[tuple[str, str]]:
    """ARN and deployment of each load balancer that has our tag, over all pages."""
    pages = account.tagging.get_paginator("get_resources").paginate(TagFilters=[{"Key": DEPLOYMENT_TAG}], ResourceTypeFilters=[LOAD_BALANCER])
    for page in pages:
        for told in page["ResourceTagMappingList"]:
            yield told["ResourceARN"], {tag["Key"]: tag["Value"] for tag in told["Tags"]}[DEPLOYMENT_TAG]


def _door(account: AwsAccount, load_balancer_arn: str, deployment: str) -> Door | None:
    """None for a load balancer that is no more: AWS tells of tags for a while after what had them."""
    elb = account.elbv2
    try:
        listeners = elb.describe_listeners(LoadBalancerArn=load_balancer_arn)["Listeners"]
    except elb.exceptions.LoadBalancerNotFoundException:
        return None
    if not listeners:
        return Door(load_balancer_arn)
    return Door(load_balancer_arn, listeners[0]["ListenerArn"], _traffic(listeners[0].get("DefaultActions", []), deployment))


def _traffic(actions: Sequence[Any], name: str) -> dict[str, str]:
    """Percent of the requests to spot and to on-demand capacity, by the weights of the listener's default action."""
    groups = [group for action in actions for group in action.get("ForwardConfig", {}).get("TargetGroups", [])]
    total = sum(group.get("Weight", 1) for group in groups)
    spot = sum(group.get("Weight", 1) for group in groups if name_of_group(group["TargetGroupArn"]) == group_name(name, "spot"))
    share = Decimal(100 * spot) / total if total else Decimal(0)
    return {"on_demand": f"{100 - share:g}", "spot": f"{share:g}"}
