"""The witnesses of rollouts and reclaims can say no: to a step out of order, to too few nodes, to capacity that was missing for a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.drivers.cloud import OPTIMIZATION_TAG
from support.drivers.history import CloudCall, UsageEntry
from support.witness.capacity import expect_capacity_kept
from support.witness.reclaims import TakenBack, expect_drained, expect_launched, expect_replaced
from support.witness.rollout import Rollout, expect_nodes_in_waves, expect_old_capacity_last, expect_only_ended

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SPOT, OURS = "arn:aws:elasticloadbalancing:::targetgroup/chat-spot/1", "arn:aws:sts::1:assumed-role/OptiInfraAccess/optiinfra"
OWN = "arn:aws:elasticloadbalancing:::targetgroup/chat-od/1"


def history(*asked: tuple[int, str, dict[str, Any]]) -> tuple[CloudCall, ...]:
    """Calls of OptiInfra's, each with the minute in which it was made."""
    return tuple(
        CloudCall(sequence=number, time=after(minute), service="aws", action=action, parameters=parameters, status=200, principal=OURS)
        for number, (minute, action, parameters) in enumerate(asked, 1)
    )


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def registered(minute: int, *nodes: str, action: str = "RegisterTargets") -> tuple[int, str, dict[str, Any]]:
    return minute, action, {"TargetGroupArn": SPOT, "Targets": [{"Id": node} for node in nodes]}


def served(minute: int, *nodes: str) -> tuple[int, str, dict[str, Any]]:
    return minute, "RegisterTargets", {"TargetGroupArn": OWN, "Targets": [{"Id": node} for node in nodes]}


def shifted(minute: int, percent: int) -> tuple[int, str, dict[str, Any]]:
    groups = [{"TargetGroupArn": OWN, "Weight": 100 - percent}, {"TargetGroupArn": SPOT, "Weight": percent}]
    return minute, "ModifyListener", {"DefaultActions": [{"ForwardConfig": {"TargetGroups": groups}}]}


def ended(minute: int, *nodes: str) -> tuple[int, str, dict[str, Any]]:
    return minute, "TerminateInstances", {"InstanceIds": list(nodes)}


def life(node: str, begun: float, over: float | None = None, *, ours: bool = True) -> UsageEntry:
    tags = {OPTIMIZATION_TAG: "opt_1"} if ours else {}
    gone = None if over is None else after(over)
    zone = "us-east-1a"
    return UsageEntry(
        instance_id=node, instance_type="g5.xlarge", availability_zone=zone, lifecycle="spot", launched=after(begun), terminated=gone, tags=tags
    )


GOOD = (registered(0, "s1"), shifted(0, 10), shifted(3, 50), registered(6, "s2"), shifted(6, 100), ended(6, "o1", "o2"))
OWNED = ("o1", "o2")
LIVES = (life("o1", 0, 6, ours=False), life("o2", 0, 6, ours=False), life("s1", 0), life("s2", 6))


def test_waves_are_counted_by_the_nodes_in_service() -> None:
    expect_nodes_in_waves(history(*GOOD), (1, 1, 2))
    with pytest.raises(AssertionError, match=r"1, then 2, then 2 spot nodes should carry the waves, but these did: 1 for 10%, 1 for 50%, 2 for 100%"):
        expect_nodes_in_waves(history(*GOOD), (1, 2, 2))


def test_a_refused_call_is_no_milestone() -> None:
    (refused,) = history(shifted(0, 10))
    assert Rollout.of([refused.model_copy(update={"error_code": "Throttling"})]).milestones() == ()


def test_old_capacity_may_go_once_healthy_spot_capacity_has_all_traffic() -> None:
    expect_old_capacity_last(history(*GOOD), LIVES, OWNED, OWNED)


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        ((*GOOD[:4], GOOD[5], GOOD[4]), "2 healthy spot nodes had 50% of the traffic"),
        ((*GOOD[:3], *GOOD[4:]), "1 healthy spot nodes had 100% of the traffic"),
    ],
    ids=["before the last wave", "with a node too few"],
)
def test_old_capacity_may_not_go_earlier(calls: tuple[tuple[int, str, dict[str, Any]], ...], told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        expect_old_capacity_last(history(*calls), LIVES, OWNED, OWNED)


def test_only_replaced_nodes_may_end() -> None:
    expect_only_ended(LIVES, OWNED, OWNED)
    with pytest.raises(AssertionError, match="o1 should have been ended, but it was: o1, o2"):
        expect_only_ended(LIVES, OWNED, ("o1",))


TAKEN = TakenBack(frozenset({"s1"}), after(7), after(9))


def test_a_node_is_replaced_when_another_is_in_service_in_time() -> None:
    calls = history(*GOOD, registered(8, "s3"), registered(8, "s1", action="DeregisterTargets"))
    lives = (life("s1", 0, 9), life("s2", 6), life("s3", 8))
    expect_drained(TAKEN, calls)
    expect_replaced(TAKEN, calls, lives, after(9))
    with pytest.raises(AssertionError, match="0 were launched between 09:07:00 and 09:07:30, and 1 are in service instead of 2"):
        expect_replaced(TAKEN, calls, lives, after(7.5))


def test_a_node_that_was_in_service_to_its_end_was_not_drained() -> None:
    with pytest.raises(AssertionError, match="still in service: s1"):
        expect_drained(TAKEN, history(*GOOD))


def test_the_capacity_that_the_traffic_needs_is_kept() -> None:
    expect_capacity_kept(history(served(0, "o1", "o2"), *GOOD), LIVES, 2)


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        ((served(0, "o1"), *GOOD), r"from 09:00:00 to 09:03:00: 90% of the traffic went to on demand, which needs 2 of 2 nodes, and 1 served"),
        ((served(0, "o1", "o2"), *GOOD[:3], *GOOD[4:]), r"100% of the traffic went to spot, which needs 2 of 2 nodes, and 1 served"),
    ],
    ids=["on demand, for a while", "on spot, to the end"],
)
def test_too_few_nodes_for_a_share_of_the_traffic_are_missing_capacity(calls: Any, told: str) -> None:  # noqa: ANN401  (as `history` takes them)
    with pytest.raises(AssertionError, match=told):
        expect_capacity_kept(history(*calls), LIVES, 2)


def test_a_gap_may_last_as_long_as_is_said() -> None:
    calls, lives = history(registered(0, "s1"), shifted(0, 100), registered(1, "s2")), (life("s1", 0, 0.5), life("s2", 1))
    expect_capacity_kept(calls, lives, 1, timedelta(seconds=30))
    with pytest.raises(AssertionError, match="for more than 29 seconds, but from 09:00:30 to 09:01:00"):
        expect_capacity_kept(calls, lives, 1, timedelta(seconds=29))


def test_nobody_who_was_never_told_where_traffic_goes_says_that_capacity_was_kept() -> None:
    with pytest.raises(AssertionError, match="has never been told"):
        expect_capacity_kept(history(served(0, "o1")), LIVES, 1)


def test_every_node_that_was_ever_launched_counts() -> None:
    expect_launched(LIVES, 2)
    with pytest.raises(AssertionError, match=r"launched 3 nodes in all, but it launched 2: 2 x g5\.xlarge spot in us-east-1a"):
        expect_launched(LIVES, 3)
