"""Nodes are spread over the cheapest pools, and never put into one pool only."""

from __future__ import annotations

from decimal import Decimal

import pytest

from support.platform.optimizations.pools import Pool, TooFewPools, hourly, ranked, spread, worth_while

A = Pool("g5.12xlarge", "us-east-1a", Decimal("1.70"), Decimal("0.04"))
B = Pool("g5.12xlarge", "us-east-1b", Decimal("1.80"), Decimal("0.04"))
C = Pool("g5.12xlarge", "us-east-1c", Decimal("1.90"), Decimal("0.04"))
D = Pool("g5.12xlarge", "us-east-1d", Decimal("2.10"), Decimal("0.04"))
RISKY = Pool("g5.12xlarge", "us-east-1f", Decimal("0.10"), Decimal("0.30"))


def test_nodes_take_turns_in_the_cheapest_pools() -> None:
    assert spread([D, C, B, A], 5) == [A, B, C, A, B]


def test_two_nodes_never_share_their_only_pool() -> None:
    assert spread([A, B], 2) == [A, B]
    with pytest.raises(TooFewPools):
        spread([A], 2)


def test_a_single_node_needs_a_single_pool() -> None:
    assert spread([B, A], 1) == [A]
    with pytest.raises(TooFewPools):
        spread([], 1)


def test_a_pool_of_high_risk_is_never_used() -> None:
    assert ranked([RISKY, B, A]) == [A, B]


def test_the_order_of_the_market_does_not_matter() -> None:
    assert spread([A, B, C, D], 7) == spread([D, C, B, A], 7)


def test_equal_prices_are_decided_by_interruptions_then_by_name() -> None:
    calm = Pool("g5.12xlarge", "us-east-1z", Decimal("1.70"), Decimal("0.01"))
    assert ranked([A, calm]) == [calm, A]


@pytest.mark.parametrize(("spot", "worth"), [("5.9999", True), ("6.0000", True), ("6.0001", False)])
def test_worth_while_up_to_the_limit_itself(spot: str, worth: bool) -> None:
    assert worth_while(Decimal(spot), Decimal("10.00")) is worth


def test_hourly_cost_is_the_sum_of_the_nodes() -> None:
    assert hourly([A, B, A]) == Decimal("5.20")
