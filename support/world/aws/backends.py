"""What the world reads in moto's backends: instances by id and address, all that an account holds. Always as it is at this moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from support.world.models.behaviour import Node

DEPLOYMENT_TAG = "optiinfra:deployment"
ALIVE = ("pending", "running")
"""The states of an instance that runs or is about to."""


@dataclass(frozen=True)
class Holding:
    """One thing in an account; a setting shows no tags."""

    kind: Literal["node", "target group", "setting"]
    name: str
    tags: dict[str, str]


def instances(account: str) -> Iterator[Any]:
    """Every instance of the account in every region that has been used, terminated ones included."""
    from moto.ec2.models import ec2_backends

    if account in ec2_backends:
        for backend in list(ec2_backends[account].values()):
            for reservation in list(backend.reservations.values()):
                yield from list(reservation.instances)


def instance(account: str, instance_id: str) -> Any | None:  # noqa: ANN401  (moto's model)
    """The instance of that id, whatever its state."""
    return next((found for found in instances(account) if found.id == instance_id), None)


def tags(found: Any) -> dict[str, str]:  # noqa: ANN401
    """An instance's tags."""
    return {str(tag["key"]): str(tag["value"]) for tag in found.get_tags()}


def deployment(found: Any) -> str | None:  # noqa: ANN401
    """The deployment that an instance serves."""
    named = found.ec2_backend.tags.get(found.id, {}).get(DEPLOYMENT_TAG)
    return None if named is None else str(named)


def lifecycle(found: Any) -> str:  # noqa: ANN401
    """`spot` or `normal`, in AWS's words."""
    return "spot" if found.lifecycle == "spot" else "normal"


def node(found: Any) -> Node:  # noqa: ANN401
    """The instance as a workload knows it."""
    return Node(found.id, lifecycle(found))


def holdings(account: str) -> Iterator[Holding]:
    """What the account holds of what changes make, in every region that has been used: living nodes, target groups, and settings."""
    from moto.elbv2.models import elbv2_backends
    from moto.ssm.models import ssm_backends

    for found in instances(account):
        if found.state in ALIVE:
            yield Holding("node", str(found.id), tags(found))
    for balancing in list(elbv2_backends[account].values()):
        for group in list(balancing.target_groups.values()):
            yield Holding("target group", str(group.name), balancing.tagging_service.get_tag_dict_for_resource(group.arn))
    for settings in list(ssm_backends[account].values()):
        stored: Any = settings._parameters  # noqa: SLF001  (moto lists parameters in pages only)
        yield from (Holding("setting", str(name), {}) for name, versions in list(stored.items()) if versions)


class Addresses:
    """Private addresses of running instances. Found once, then looked up; every look-up is checked against the instance's state."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Any] = {}

    def find(self, account: str, address: str) -> Any | None:  # noqa: ANN401
        """The running instance at that address in that account's network."""
        found = self._known.get((account, address))
        if found is None:
            for each in instances(account):
                if each.nics:
                    self._known[(account, str(each.private_ip))] = each
            found = self._known.get((account, address))
        return found if found is not None and found.state == "running" else None
