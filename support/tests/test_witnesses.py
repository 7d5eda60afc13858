"""The witnesses can say no: to a lost request, to too few, to a wrong amount, to a fleet that is not as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from support.drivers.cloud import CloudFleet, Node, TargetGroup
from support.witness.savings import Derivation, expect_same_amount
from support.witness.state import Capture, expect_as_before, left_behind
from support.witness.traffic import ENOUGH, Observation, Witnessed, expect_no_request_lost

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def node(number: int, lifecycle: str = "on_demand", **tags: str) -> Node:
    return Node(f"i-{number}", "g5.xlarge", "spot" if lifecycle == "spot" else "on_demand", "us-east-1a", "running", NOW, tags)


def fleet(*nodes: Node, weight: int = 100) -> CloudFleet:
    members = frozenset(each.instance_id for each in nodes)
    return CloudFleet(nodes, {"chat": (TargetGroup("chat-od", weight, members),)}, {"/vllm/chat/engine-args": {"max_num_seqs": 256}})


def test_enough_served_requests_prove_that_none_was_lost() -> None:
    expect_no_request_lost(Witnessed([Observation(NOW, 200, "")] * ENOUGH))


def test_one_lost_request_is_enough() -> None:
    with pytest.raises(AssertionError, match=r"that is lost: .*\n  lost: 09:00:00 503 no healthy node"):
        expect_no_request_lost(Witnessed([*[Observation(NOW, 200, "")] * 50, Observation(NOW, 503, "no healthy node")]))


def test_too_few_requests_prove_nothing() -> None:
    with pytest.raises(AssertionError, match="that is unknown"):
        expect_no_request_lost(Witnessed([Observation(NOW, 200, "")] * (ENOUGH - 1)))


def test_an_unanswered_request_is_lost() -> None:
    assert Witnessed([Observation(NOW, None, "ReadError")] * 30).verdict == "lost"


def test_an_amount_at_the_edge_of_the_tolerance_holds() -> None:
    expect_same_amount(Decimal("101.00"), Derivation(Decimal("100.00"), ("x",)), Decimal("0.01"), "the booked saving")


def test_a_bias_beyond_the_tolerance_is_told_with_the_derivation() -> None:
    with pytest.raises(AssertionError, match=r"is off by:      \$1\.01 \(allowed: \$1\.00\)\n.*\n  2 x g5.xlarge"):
        expect_same_amount(Decimal("101.01"), Derivation(Decimal("100.00"), ("2 x g5.xlarge",)), Decimal("0.01"), "the booked saving")


def test_the_same_fleet_with_new_ids_is_as_before() -> None:
    expect_as_before(Capture.of(fleet(node(1), node(2))), fleet(node(3), node(4)))


def test_a_difference_is_a_readable_diff() -> None:
    with pytest.raises(AssertionError) as failure:
        expect_as_before(Capture.of(fleet(node(1), node(2))), fleet(node(1), node(2, "spot"), weight=90))
    told = str(failure.value)
    assert "-nodes: 2 x g5.xlarge on_demand" in told
    assert "+nodes: 1 x g5.xlarge spot" in told
    assert "+traffic: chat sends weight 90 to chat-od" in told


def test_nodes_of_a_change_that_is_gone_are_left_behind() -> None:
    found = left_behind([node(1), node(2, "spot", **{"optiinfra:optimization": "opt_1"})], [])
    assert found == ("i-2 (g5.xlarge, spot) belongs to a change that is unknown",)
