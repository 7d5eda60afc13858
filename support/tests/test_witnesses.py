"""The witnesses can say no: to a lost request, to too few, to a wrong amount, to a fleet that is not as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

import pytest

from support.drivers.cloud import CloudFleet, Node, TargetGroup
from support.drivers.history import Holding, OnDemandPrices, PriceStep, UsageEntry
from support.drivers.simulator import Simulator
from support.witness.savings import Derivation, Pool, SavingsOracle, expect_same_amount
from support.witness.state import Capture, expect_as_before, expect_same_records, left_behind
from support.witness.traffic import ENOUGH, Observation, Witnessed, expect_no_request_lost

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def node(number: int, lifecycle: str = "on_demand", **tags: str) -> Node:
    return Node(f"i-{number}", "g5.xlarge", "spot" if lifecycle == "spot" else "on_demand", "us-east-1a", "running", NOW, tags)


def fleet(*nodes: Node, weight: int = 100) -> CloudFleet:
    members = frozenset(each.instance_id for each in nodes)
    return CloudFleet(nodes, {"chat": (TargetGroup("chat-od", weight, members),)}, {"/vllm/chat/engine-args": {"max_num_seqs": 256}})


def held(kind: Literal["node", "target group", "setting"], name: str, maker: str | None = None) -> Holding:
    return Holding(kind=kind, name=name, tags={"optiinfra:optimization": maker} if maker else {})


def amount(text: str, *lines: str) -> Derivation:
    return Derivation(Decimal(text), lines)


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
    expect_same_amount(amount("100.50"), amount("100.00"), "the booked saving")


def test_a_bias_of_one_percent_is_told_with_both_derivations() -> None:
    derivations = r"\$101.00 a month\n  as told\n.*\$100.00 a month\n  2 x g5.xlarge"
    with pytest.raises(AssertionError, match=r"is off by:      \$1\.00 \(allowed: \$0\.50\)\n.*" + derivations):
        expect_same_amount(amount("101.00", "as told"), amount("100.00", "2 x g5.xlarge"), "the booked saving")


class History(Simulator):
    """What one account used and paid."""

    def __init__(self, usage: tuple[UsageEntry, ...], prices: tuple[PriceStep, ...]) -> None:
        self._usage, self._prices = usage, prices

    async def usage(self, account: str) -> tuple[UsageEntry, ...]:  # noqa: ARG002  (the world's whole question)
        return self._usage

    async def on_demand_prices(self) -> OnDemandPrices:
        return OnDemandPrices(prices={"g5.xlarge": Decimal("1.006")}, source="AWS", date="2026-03-01")

    async def prices(self, *_asked: object) -> tuple[PriceStep, ...]:
        return self._prices


def used(lifecycle: Literal["spot", "on_demand"], launched: datetime, terminated: datetime | None = None) -> UsageEntry:
    return UsageEntry(
        instance_id="i-1",
        instance_type="g5.xlarge",
        availability_zone="us-east-1a",
        lifecycle=lifecycle,
        launched=launched,
        terminated=terminated,
        tags={},
    )


async def test_a_bill_counts_every_second_at_the_price_of_that_second() -> None:
    half, hour = NOW + timedelta(minutes=30), NOW + timedelta(hours=1)
    steps = (PriceStep(time=NOW - timedelta(days=1), price=Decimal("0.40")), PriceStep(time=half, price=Decimal("0.50")))
    oracle = SavingsOracle(History((used("on_demand", NOW - timedelta(days=9), half), used("spot", NOW)), steps))
    bill = await oracle.billed("1", NOW, hour)
    assert bill.amount == ((Decimal("1.006") / 2 + Decimal("0.20") + Decimal("0.25")) * 730).quantize(Decimal("0.01"))


async def test_a_promise_must_plan_as_many_nodes_as_it_replaces() -> None:
    oracle = SavingsOracle(History((used("on_demand", NOW),), ()))
    with pytest.raises(AssertionError, match="1 nodes should move to as many on spot, but 2 are planned"):
        await oracle.promised_by("1", ["i-1"], {Pool("g5.xlarge", "us-east-1a"): 2}, NOW)


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
    found = left_behind((held("node", "i-1"), held("node", "i-2", "opt_1"), held("target group", "chat-od")), [])
    assert found == ("node i-2 of a change that is unknown",)


def test_target_groups_and_settings_that_nobody_needs_are_left_behind() -> None:
    settings = [held("setting", f"/vllm/chat/engine-args{group}") for group in ("", "/chat-od", "/chat-tuned")]
    found = left_behind((held("target group", "chat-od"), held("target group", "chat-spot", "opt_1"), *settings), [])
    assert found == (
        "target group chat-spot of a change that is unknown",
        "setting /vllm/chat/engine-args/chat-tuned, for a target group that does not exist",
    )


def test_records_are_compared_row_by_row() -> None:
    before = Capture.of_records({"instances": [{"lifecycle": "on_demand"}, {"lifecycle": "on_demand"}]})
    after = Capture.of_records({"instances": [{"lifecycle": "on_demand"}, {"lifecycle": "spot"}]})
    with pytest.raises(AssertionError, match=r"-instances: 2 x .*on_demand.*\n\+instances: 1 x .*on_demand.*\n\+instances: 1 x .*spot"):
        expect_same_records(before, after)
