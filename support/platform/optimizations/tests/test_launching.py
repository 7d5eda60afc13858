"""Orders are recognised when they are repeated, and empty pools are passed over."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from support.platform.optimizations.failures import NoCapacity
from support.platform.optimizations.launching import Order, Supply
from support.platform.optimizations.pools import Pool, spread
from support.platform.optimizations.tests.test_comparison import machine

ZONES = [Pool("g5.12xlarge", f"us-east-1{zone}", Decimal(price)) for zone, price in (("a", "1.7"), ("b", "1.8"), ("c", "1.9"))]
A, B, C = (pool.key for pool in ZONES)
ORDER = Order("opt_1|0", machine("i-1"), "g5.12xlarge", "us-east-1a", "spot", 2, {})


def supply() -> Supply:
    return Supply(ZONES)


def test_the_same_order_has_the_same_token_and_another_has_another() -> None:
    assert replace(ORDER, tags={"a": "b"}).token == ORDER.token
    others = [replace(ORDER, count=3), replace(ORDER, purpose="opt_1|1"), replace(ORDER, lifecycle="on_demand")]
    assert len({ORDER.token, *(one.token for one in others)}) == 4
    assert len(ORDER.token) <= 64


def test_each_wave_takes_the_planned_pools_in_turn() -> None:
    assert supply().next([], 1) == {A: 1}
    assert supply().next([A], 2) == {B: 1}
    assert supply().next([A, B], 4) == {C: 1, A: 1}


def test_the_plan_of_the_estimate_is_what_is_launched() -> None:
    assert supply().next([], 7) == {key: [pool.key for pool in spread(ZONES, 7)].count(key) for key in (A, B, C)}


def test_a_pool_that_stood_in_for_another_is_not_taken_again_before_the_others() -> None:
    assert supply().next([B], 2) == {A: 1}


def test_what_an_empty_pool_did_not_give_comes_from_the_others() -> None:
    found = supply()
    found.exhausted(A)
    assert found.next([], 2) == {B: 1, C: 1}


def test_no_pool_left_is_no_capacity() -> None:
    found = supply()
    for pool in (A, B, C):
        found.exhausted(pool)
    with pytest.raises(NoCapacity, match="no_spot_capacity: 2 of 4 nodes"):
        found.next([A, B], 4)
