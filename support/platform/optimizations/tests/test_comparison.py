"""A fleet that is what it was shows no difference; anything else is named."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from support.platform.optimizations.comparison import differences
from support.platform.optimizations.documents import Machine, Snapshot


def machine(instance_id: str, **other: Any) -> Machine:  # noqa: ANN401  any of its fields
    known: dict[str, Any] = {
        "instance_id": instance_id,
        "launched_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
        "instance_type": "g5.12xlarge",
        "availability_zone": "us-east-1a",
        "lifecycle": "on_demand",
        "private_ip": "10.0.0.1",
        "image_id": "ami-1",
        "subnet_id": None,
        "security_groups": (),
        "key_name": None,
        "profile_arn": None,
        "tags": {"Name": "chat"},
    }
    return Machine(**(known | other))


def snapshot(*machines: Machine, weights: dict[str, int] | None = None, settings: dict[str, str] | None = None) -> Snapshot:
    shares = weights or {"chat-od": 100}
    return Snapshot(
        deployment="chat",
        machines=machines,
        listener_arn="arn:listener",
        actions=[{"Type": "forward", "weights": shares}],
        groups={name: f"arn:{name}" for name in shares},
        weights=shares,
        targets={"chat-od": tuple(one.instance_id for one in machines if one.lifecycle == "on_demand")},
        settings=settings or {},
    )


BEFORE = snapshot(machine("i-1"), machine("i-2"))


def test_nothing_changed_shows_no_difference() -> None:
    assert differences(BEFORE, BEFORE) == []


def test_an_instance_that_is_left_behind_is_named() -> None:
    now = snapshot(machine("i-1"), machine("i-2"), machine("i-3", lifecycle="spot"))
    assert differences(BEFORE, now) == ["instance i-3 (g5.12xlarge, spot, us-east-1a) was not there before"]


def test_an_instance_that_is_gone_is_named() -> None:
    assert "instance i-2 is gone" in differences(BEFORE, snapshot(machine("i-1")))


def test_a_terminated_instance_may_come_back_as_another_of_its_kind() -> None:
    assert differences(BEFORE, snapshot(machine("i-1"), machine("i-9")), {"i-2"}) == []


OTHER_KINDS: list[dict[str, Any]] = [
    {"instance_type": "g5.xlarge"},
    {"availability_zone": "us-east-1b"},
    {"tags": {"Name": "x"}},
    {"lifecycle": "spot"},
]


@pytest.mark.parametrize("other", OTHER_KINDS)
def test_another_kind_does_not_stand_in(other: dict[str, Any]) -> None:
    assert differences(BEFORE, snapshot(machine("i-1"), machine("i-9", **other)), {"i-2"})


def test_a_shifted_weight_a_changed_setting_and_a_changed_tag_are_named() -> None:
    shifted = snapshot(machine("i-1"), machine("i-2"), weights={"chat-od": 90, "chat-spot": 10})
    assert differences(BEFORE, shifted) == ["traffic to chat-od is 90, it was 100", "traffic to chat-spot is 10, it was 0"]
    assert differences(BEFORE, snapshot(machine("i-1"), machine("i-2"), settings={"/vllm/chat": "{}"})) == ["setting /vllm/chat is not what it was"]
    assert differences(BEFORE, snapshot(machine("i-1"), machine("i-2", tags={}))) == ["instance i-2 is not what it was"]
