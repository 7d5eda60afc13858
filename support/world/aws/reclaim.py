"""Reclaiming: the cloud takes a spot instance back, with the notice that was asked for and by the world's clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from support.world.accounts import Account
from support.world.aws.backends import instance, lifecycle, tags
from support.world.aws.events import REBALANCE, STATE_CHANGE, WARNING
from support.world.world import World


class NotSpot(Exception):
    """Only running spot instances can be reclaimed; the message names those that are not."""


@dataclass(frozen=True)
class Notice:
    """How a reclaim announces itself: after how long the instance is gone, the warning, and the rebalance recommendation before or after it."""

    seconds: int = 120
    warning: bool = True
    rebalance: Literal["before", "after"] | None = None


def reclaim(world: World, account: Account, instance_ids: Sequence[str], notice: Notice) -> None:
    """Announces the reclaim now and terminates after the notice. Raises NotSpot and then does nothing."""
    found = [instance(account.number, identifier) for identifier in instance_ids]
    wrong = [name for name, each in zip(instance_ids, found, strict=True) if each is None or each.state != "running" or lifecycle(each) != "spot"]
    if wrong:
        raise NotSpot(f"not running spot instances of account {account.number}: {', '.join(wrong)}")
    for each in found:
        _announce(world, account, each, notice)
        world.clock.at(world.clock.now + timedelta(seconds=notice.seconds), lambda each=each: _terminate(world, account, each))  # type: ignore[misc]


def _announce(world: World, account: Account, found: Any, notice: Notice) -> None:  # noqa: ANN401  (moto's model)
    kinds = [WARNING] if notice.warning else []
    if notice.rebalance == "before":
        kinds.insert(0, REBALANCE)
    elif notice.rebalance == "after":
        kinds.append(REBALANCE)
    for kind in kinds:
        detail = {"instance-action": "terminate"} if kind == WARNING else {}
        world.events.emit(account, found.region_name, kind, found.id, detail)


def _terminate(world: World, account: Account, found: Any) -> None:  # noqa: ANN401
    from moto.ec2.models.instances import StateReason
    from moto.elbv2.models import elbv2_backends

    if found.state == "terminated":
        return
    world.settle(account)
    found.ec2_backend.terminate_instances([found.id])
    found.state_reason = StateReason("Server.SpotInstanceTermination: Spot instance termination", "Server.SpotInstanceTermination")
    elbv2_backends[account.number][found.region_name].notify_terminate_instances([found.id])
    account.usage.end(found.id, world.clock.now, tags(found))
    world.events.emit(account, found.region_name, STATE_CHANGE, found.id, {"state": "terminated"})
