"""The load balancers through which deployments are reached, and where they send the traffic."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from support.platform.cloud import AwsAccount
from support.platform.fleet.views import DEPLOYMENT_TAG, Door, group_name, name_of_group

TAGS_PER_CALL = 20


def doors_of(account: AwsAccount, deployments: Collection[str]) -> dict[str, Door]:
    """The load balancer of each of these deployments that has one, found by its tag."""
    if not deployments:
        return {}
    arns = [one["LoadBalancerArn"] for page in account.elbv2.get_paginator("describe_load_balancers").paginate() for one in page["LoadBalancers"]]
    tagged = _deployment_of(account, arns)
    return {tagged[arn]: _door(account, arn, tagged[arn]) for arn in arns if tagged.get(arn) in deployments}


def _deployment_of(account: AwsAccount, arns: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(arns), TAGS_PER_CALL):
        for told in account.elbv2.describe_tags(ResourceArns=arns[start : start + TAGS_PER_CALL])["TagDescriptions"]:
            names = [tag["Value"] for tag in told["Tags"] if tag["Key"] == DEPLOYMENT_TAG]
            found.update((told["ResourceArn"], name) for name in names)
    return found


def _door(account: AwsAccount, load_balancer_arn: str, deployment: str) -> Door:
    listeners = account.elbv2.describe_listeners(LoadBalancerArn=load_balancer_arn)["Listeners"]
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
