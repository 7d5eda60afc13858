"""Calls that the world keeps waiting, so that something can happen exactly between a request and its answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from support.tests.world_process import RunningWorld, launch, world

__all__ = ["world"]


def running(ec2: Any) -> int:  # noqa: ANN401
    return sum(len(reservation["Instances"]) for reservation in ec2.describe_instances()["Reservations"])


@pytest.mark.parametrize(("when", "seen_meanwhile"), [("before", 1), ("after", 2)])
def test_the_call_is_kept_on_one_side_of_being_carried_out(world: RunningWorld, when: str, seen_meanwhile: int) -> None:
    account = world.account()
    (administrator,) = world.aws(account, "ec2")
    (ec2,) = world.as_optiinfra(account, "ec2")
    hold = world.control("POST", f"{account}/holds", {"service": "ec2", "action": "RunInstances", "when": when, "after": 1})["id"]
    launch(ec2, 1, "chat")
    with ThreadPoolExecutor(1) as beside:
        second = beside.submit(launch, ec2, 1, "chat")
        assert world.control("GET", f"{account}/holds/{hold}") == {"held": True}
        assert running(administrator) == seen_meanwhile
        assert not second.done()
        world.control("DELETE", f"{account}/holds/{hold}")
        assert len(second.result()) == 1
    assert running(administrator) == 2


def test_the_administrator_is_never_kept_waiting(world: RunningWorld) -> None:
    account = world.account()
    world.control("POST", f"{account}/holds", {"service": "ec2", "action": "RunInstances", "when": "before"})
    (administrator,) = world.aws(account, "ec2")
    assert len(launch(administrator, 1, "chat")) == 1
