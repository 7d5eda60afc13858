"""The conflict engine: what it finds, what it does not invent, and what it decides."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from support.platform.orchestrator.conflicts import detect
from support.platform.orchestrator.proposals import Proposal, Relation, relation
from support.platform.orchestrator.settlement import BARRED, DependencyCircle, settle
from support.platform.vocabulary import Preference

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
AGENTS = {
    "spot_migration": "cost",
    "stay_on_demand": "performance",
    "idle_termination": "cost",
    "rightsizing": "resource",
    "kv_cache_tuning": "performance",
    "batch_tuning": "resource",
    "quantization": "application",
    "reserved_instance": "cost",
    "workload_placement": "resource",
}


def proposal(name: str, kind: str, resources: str, *, saving: int = 100, needs: tuple[str, ...] = (), **more: object) -> Proposal:
    made = Proposal(name, kind, AGENTS[kind], "medium", Decimal(saving), Decimal("0.8"), START, frozenset(resources.split()), needs)
    return replace(made, **more)  # type: ignore[arg-type]


def test_opposite_actions_are_an_action_conflict() -> None:
    (found,) = detect([proposal("a", "spot_migration", "i-1 i-2"), proposal("b", "stay_on_demand", "i-2 i-3")])
    assert (found.kind, found.severity, set(found.recommendation_ids), found.resource) == ("action", "high", {"a", "b"}, "i-2")


def test_two_changes_of_one_node_are_a_resource_conflict() -> None:
    (found,) = detect([proposal("a", "idle_termination", "i-1"), proposal("b", "rightsizing", "i-1")])
    assert (found.kind, found.severity) == ("resource", "medium")


def test_changes_that_can_follow_each_other_are_a_light_resource_conflict() -> None:
    (found,) = detect([proposal("a", "spot_migration", "i-1"), proposal("b", "kv_cache_tuning", "i-1 deployment:chat")])
    assert (found.kind, found.severity) == ("resource", "low")


def test_different_values_for_one_setting_are_an_action_conflict() -> None:
    one = proposal("a", "kv_cache_tuning", "deployment:chat", settings={"max_num_seqs": 128})
    other = proposal("b", "batch_tuning", "deployment:chat", settings={"max_num_seqs": 512})
    assert [found.kind for found in detect([one, other])] == ["action"]


def test_no_conflict_is_invented() -> None:
    apart = [proposal("a", "spot_migration", "i-1"), proposal("b", "stay_on_demand", "i-2"), proposal("c", "idle_termination", "i-3", needs=("a",))]
    in_order = [proposal("d", "kv_cache_tuning", "i-9"), proposal("e", "spot_migration", "i-9", needs=("d",))]
    assert detect([*apart, *in_order]) == []
    assert detect([apart[0], apart[0]]) == []


@pytest.mark.parametrize("length", [1, 2, 3, 4, 7])
def test_a_circle_of_any_length_is_named(length: int) -> None:
    names = [f"r{index}" for index in range(length)]
    around = [proposal(name, "batch_tuning", f"deployment:{name}", needs=(names[(index + 1) % length],)) for index, name in enumerate(names)]
    random.Random(length).shuffle(around)  # noqa: S311  an order, not a secret
    (found,) = detect(around)
    assert (found.kind, found.severity, found.recommendation_ids) == ("dependency", "high", tuple(names))
    with pytest.raises(DependencyCircle) as refused:
        settle(around, "none")
    assert refused.value.ways == (tuple(names),)


def test_two_circles_that_share_a_member_are_both_named() -> None:
    eight = [proposal("a", "batch_tuning", "x", needs=("b", "c")), proposal("b", "batch_tuning", "y", needs=("a",))]
    eight.append(proposal("c", "batch_tuning", "z", needs=("a",)))
    assert {found.recommendation_ids for found in detect(eight)} == {("a", "b"), ("a", "c")}


@pytest.mark.parametrize(("preference", "winner"), [("savings", "spot"), ("performance", "stay"), ("quality", "stay"), ("none", "stay")])
def test_the_preference_decides_and_performance_comes_before_cost(preference: Preference, winner: str) -> None:
    decided = settle([proposal("spot", "spot_migration", "i-1 i-2"), proposal("stay", "stay_on_demand", "i-1 i-2", saving=0)], preference)
    assert (decided.strategy, decided.chosen, decided.order) == ("prioritize_customer", winner, (winner,))
    assert [one.in_favour_of for one in decided.dropped] == [winner]


def test_quality_comes_first_without_a_preference() -> None:
    sides = [
        proposal("a", "quantization", "i-1", settings={"quantization": "none"}),
        proposal("b", "kv_cache_tuning", "i-1", settings={"quantization": "fp8"}),
    ]
    assert settle(sides, "none").chosen == "a"
    assert settle(sides, "performance").chosen == "b"


@pytest.mark.parametrize(
    ("better", "words"),
    [
        ({"saving": Decimal(200)}, "it saves more"),
        ({"confidence": Decimal("0.9")}, "it is the more confident one"),
        ({"risk": "low"}, "its risk is lower"),
        ({"created_at": START - timedelta(seconds=1)}, "it is older"),
    ],
)
def test_ties_are_broken_in_the_order_of_the_rule(better: dict[str, object], words: str) -> None:
    sides = [proposal("plain", "idle_termination", "i-1"), proposal("better", "spot_migration", "i-1", **better)]  # type: ignore[arg-type]
    for order in itertools.permutations(sides):
        decided = settle(order, "none")
        assert decided.chosen == "better"
        assert words in decided.reason


def test_a_split_serves_both_sides() -> None:
    fleet = "i-1 i-2 i-3"
    spot = proposal("spot", "spot_migration", fleet, saving=300, tolerant=frozenset({"i-1"}))
    decided = settle([spot, proposal("stay", "stay_on_demand", fleet, saving=0)], "none")
    assert decided.strategy == "negotiate_hybrid"
    assert decided.hybrid is not None
    assert [(share.percent, share.resources) for share in decided.hybrid.shares] == [(33, ("i-1",)), (67, ("i-2", "i-3"))]
    assert (decided.hybrid.saving, decided.hybrid.risk) == (Decimal("100.00"), "low")
    assert set(decided.order) == {"spot", "stay"}
    assert decided.dropped == ()


def test_a_split_counts_the_savings_of_the_nodes_that_move() -> None:
    told = {"i-1": Decimal(10), "i-2": Decimal(70), "i-3": Decimal(20)}
    spot = proposal("spot", "spot_migration", "i-1 i-2 i-3", tolerant=frozenset({"i-2", "i-3"}), saving_of=told)
    decided = settle([spot, proposal("stay", "stay_on_demand", "i-1")], "savings")
    assert decided.hybrid is not None
    assert (decided.hybrid.saving, decided.hybrid.risk) == (Decimal("90.00"), "medium")


def test_no_split_where_one_side_would_get_nothing() -> None:
    spot = proposal("spot", "spot_migration", "i-1 i-2", tolerant=frozenset({"i-1", "i-2"}))
    assert settle([spot, proposal("stay", "stay_on_demand", "i-1 i-2")], "none").hybrid is None


def test_what_can_follow_each_other_is_carried_out_in_order_of_priority() -> None:
    decided = settle([proposal("spot", "spot_migration", "i-1"), proposal("tune", "kv_cache_tuning", "i-1", saving=0)], "none")
    assert (decided.strategy, decided.order, decided.dropped) == ("sequential_execution", ("tune", "spot"), ())


def test_a_dependency_comes_first_whatever_its_priority() -> None:
    decided = settle([proposal("tune", "kv_cache_tuning", "i-1", needs=("idle",)), proposal("idle", "idle_termination", "i-2")], "none")
    assert decided.order == ("idle", "tune")
    assert decided.strategy is None


def test_the_loser_of_a_loser_is_carried_out() -> None:
    sides = [
        proposal("stay", "stay_on_demand", "i-1", saving=0),
        proposal("spot", "spot_migration", "i-1 i-2"),
        proposal("right", "rightsizing", "i-2"),
    ]
    for order in itertools.permutations(sides):
        decided = settle(order, "none")
        assert set(decided.order) == {"stay", "right"}
        assert [(one.recommendation_id, one.in_favour_of) for one in decided.dropped] == [("spot", "stay")]


def _random_sides(seed: int) -> list[Proposal]:
    chance = random.Random(seed)  # noqa: S311
    sides: list[Proposal] = []
    for index in range(chance.randint(2, 7)):
        kind = chance.choice(sorted(AGENTS))
        resources = " ".join(chance.sample(["i-1", "i-2", "i-3", "i-4", "deployment:chat"], chance.randint(1, 3)))
        needs = tuple(one.id for one in sides if chance.random() < 0.2)
        tolerant = frozenset(chance.sample(["i-1", "i-2", "i-3"], chance.randint(0, 3)))
        sides.append(proposal(f"r{index}", kind, resources, saving=chance.randint(0, 3) * 50, needs=needs, tolerant=tolerant))
    return sides


@pytest.mark.parametrize("seed", range(300))
def test_any_settlement_keeps_the_rules(seed: int) -> None:
    sides = _random_sides(seed)
    preference: Preference = ("savings", "performance", "quality", "none")[seed % 4]
    decided = settle(sides, preference)
    shuffled = list(sides)
    random.Random(seed + 1).shuffle(shuffled)  # noqa: S311
    assert settle(shuffled, preference) == decided
    known = {one.id: one for one in sides}
    assert {*decided.order, *(one.recommendation_id for one in decided.dropped)} == known.keys()
    assert all(one.in_favour_of in decided.order for one in decided.dropped)
    sharing = {share.recommendation_id for share in decided.hybrid.shares} if decided.hybrid else set()
    for one, other in itertools.combinations(decided.order, 2):
        assert {one, other} == sharing or relation(known[one], known[other]) not in BARRED
        assert other not in known[one].dependencies
    for left, right in itertools.combinations(sides, 2):
        assert relation(left, right) is relation(right, left)
        if relation(left, right) is Relation.APART:
            assert all(set(found.recommendation_ids) != {left.id, right.id} for found in decided.conflicts)
