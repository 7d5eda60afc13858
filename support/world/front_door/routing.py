"""Where a load balancer's traffic goes, read from moto's backend at this moment: weights, targets, health."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from support.world.aws.backends import deployment, instances

FULL = Fraction(1)


@dataclass(frozen=True)
class Group:
    """A target group behind a load balancer: its part of the traffic, and the instances that can take it, in the order of registration."""

    name: str
    share: Fraction
    healthy: tuple[Any, ...] = field(hash=False)


def load_balancers(account: str) -> Iterator[tuple[Any, Any]]:
    """Each load balancer of the account with the backend that holds it."""
    from moto.elbv2.models import elbv2_backends

    if account in elbv2_backends:
        for backend in list(elbv2_backends[account].values()):
            for balancer in list(backend.load_balancers.values()):
                yield balancer, backend


def groups(account: str, balancer: Any, backend: Any) -> tuple[Group, ...]:  # noqa: ANN401  (moto's models)
    """The groups that the listener's default action names. Weights that are all zero, or no listener: no group, and every request fails."""
    weights: dict[str, int] = {}
    for listener in list(balancer.listeners.values()):
        for action in listener.default_actions:
            for arn, weight in _weights(action.data).items():
                weights[arn] = weights.get(arn, 0) + weight
    total = sum(weights.values())
    running = {found.id: found for found in instances(account) if found.state == "running"}
    return tuple(
        Group(backend.target_groups[arn].name, Fraction(weight, total), _healthy(backend.target_groups[arn], running))
        for arn, weight in weights.items()
        if total and arn in backend.target_groups
    )


def shares(account: str, name: str) -> Mapping[str, Fraction]:
    """Each node's part of a deployment's traffic. What a weight sends to a group without a healthy node is lost. Without a balancer: equal parts."""
    found = next(((balancer, backend) for balancer, backend in load_balancers(account) if balancer.name == name), None)
    if found is None:
        alone = [each.id for each in instances(account) if each.state == "running" and deployment(each) == name]
        return {identifier: Fraction(1, len(alone)) for identifier in alone}
    parts: dict[str, Fraction] = {}
    for group in groups(account, *found):
        for node in group.healthy:
            parts[node.id] = parts.get(node.id, Fraction(0)) + group.share / len(group.healthy)
    return parts


def _weights(action: Mapping[str, Any]) -> dict[str, int]:
    if "ForwardConfig" in action and action["ForwardConfig"].get("TargetGroups"):
        return {str(each["TargetGroupArn"]): int(each.get("Weight", 1)) for each in action["ForwardConfig"]["TargetGroups"]}
    return {str(action["TargetGroupArn"]): 1} if action.get("TargetGroupArn") else {}


def _healthy(group: Any, running: Mapping[str, Any]) -> tuple[Any, ...]:  # noqa: ANN401
    return tuple(running[target] for target in list(group.targets) if target in running)
