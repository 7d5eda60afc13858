"""The explorer of orders: what it draws, how it names and shortens an order, and what its invariants see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from support.drivers.api.recommendations import Decision, Recommendation
from support.drivers.events import Event
from support.drivers.lost import TargetLost
from support.witness.acts import Acting
from support.witness.exploration import Exploration, Finding
from support.witness.interleaving import Explorer, Trial
from support.witness.invariants import Breach, Happened, breaches
from support.witness.orders import ACTS, CASTS, LARGEST, ROLES, NoSuchOrder, drawn, named
from support.witness.overlap import meetings, spans
from support.witness.stages import Cast, Stage

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def recommendation(name: str, resources: str = "i-1", **more: Any) -> Recommendation:  # noqa: ANN401  any field
    plain: dict[str, Any] = {
        "id": name,
        "customer_id": "cus_1",
        "type": "stay_on_demand",
        "agent_type": "performance",
        "title": name,
        "risk_level": "low",
        "estimated_savings": Decimal(0),
        "confidence": Decimal(1),
        "affected_resources": tuple(resources.split()),
        "dependencies": (),
        "validations": (),
        "details": {},
        "created_at": NOW,
        "version": 1,
        "status": "pending",
    }
    return Recommendation(**{**plain, **more})


def events(*told: str) -> list[Event]:
    """`started a` is the beginning of the change of recommendation a; the sequence is the place."""
    names = {"started": "optimization_started", "completed": "optimization_completed", "failed": "optimization_failed", "back": "rollback_completed"}
    names |= {"going-back": "rollback_started", "approved": "recommendation_approved", "rejected": "recommendation_rejected"}
    made = []
    for place, text in enumerate(told, start=1):
        what, who = text.split()
        payload = {"optimization_id": f"opt_{who}", "recommendation_id": who}
        made.append(Event(sequence=place, type=names[what], timestamp=NOW, agent_type="cost", correlation_id="c", payload=payload))
    return made


def happened(before: list[Recommendation], after: list[Recommendation], told: list[Event], **more: Any) -> Happened:  # noqa: ANN401  any field
    opposed = more.pop("opposed", ())
    return Happened({one.id: one for one in before}, {one.id: one for one in after}, told, opposed, "deployment:chat", **more)


def test_an_order_is_the_same_whenever_it_is_drawn_and_the_first_are_the_smallest() -> None:
    orders = [drawn(7, number) for number in range(300)]
    assert orders == [drawn(7, number) for number in range(300)]
    assert [len(orders[number].acts) for number in (0, 79, 80, 199, 299)] == [2, 2, 3, 4, LARGEST]
    assert {act for order in orders for act in order.acts} == set(ACTS)
    assert len({(order.acts, order.at_once) for order in orders}) > 200


def test_nobody_acts_who_is_not_on_the_stage() -> None:
    for number in range(300):
        order = drawn(7, number)
        assert not [act for act in order.acts for role in ROLES if role in act and role not in order.cast]
    assert {drawn(7, number).cast for number in range(3)} == set(CASTS)


def test_a_token_names_the_order_that_it_was_made_of() -> None:
    whole = drawn(7, 170)
    smaller = whole.without(1).without(0)
    assert named(whole.token) == whole == named("7/170")
    assert named(smaller.token) == smaller
    assert smaller.acts == whole.acts[2:]


@pytest.mark.parametrize("token", ["", "7", "7/x", "7/1/9", "7/1/a"])
def test_what_names_no_order_is_told(token: str) -> None:
    with pytest.raises(NoSuchOrder, match="seed/number/places"):
        named(token)


def test_changes_that_meet_on_a_resource_are_found() -> None:
    resources = {"a": {"i-1"}, "b": {"i-1", "i-2"}, "c": {"i-3"}}
    apart = events("started a", "completed a", "started b", "failed b", "started c")
    assert meetings(apart, resources) == []
    crossing = events("started a", "started b", "completed a", "completed b", "started c")
    assert len(meetings(crossing, resources)) == 1
    endless = events("started a", "started c", "started b")
    assert len(meetings(endless, resources)) == 1


def test_a_change_that_is_taken_back_later_works_again() -> None:
    told = events("started a", "completed a", "going-back a", "back a")
    assert [(span.begun, span.ended) for span in spans(told)] == [(1, 2), (3, 4)]
    during = events("started a", "going-back a", "back a")
    assert [(span.begun, span.ended) for span in spans(during)] == [(1, 3)]


def test_what_is_decided_twice_is_no_single_winner() -> None:
    one = recommendation("a")
    seen = happened([one], [recommendation("a", status="rejected")], events("approved a", "rejected a"))
    assert [breach.invariant for breach in breaches(seen)] == ["one winner"]


def test_opposites_under_way_together_are_two_winners() -> None:
    before = [recommendation("a", "i-1"), recommendation("b", "i-2")]
    after = [recommendation("a", "i-1", status="completed"), recommendation("b", "i-2", status="completed")]
    seen = happened(before, after, events("started a", "started b", "completed a", "completed b"), opposed=[("a", "b")])
    assert {breach.invariant for breach in breaches(seen)} == {"one change at a time", "one winner"}


def test_an_accepted_approval_that_is_not_on_record_is_lost() -> None:
    approval = Decision(status="approved", recommendation_id="a", optimization_id="opt_a")
    seen = happened([recommendation("a")], [recommendation("a")], [], approvals=[("a", approval)])
    assert [breach.invariant for breach in breaches(seen)] == ["no lost update"]
    kept = happened([recommendation("a")], [recommendation("a", status="completed", optimization_id="opt_a")], [], approvals=[("a", approval)])
    assert breaches(kept) == []


def test_a_revision_must_not_be_overrun() -> None:
    approval = Decision(status="approved", recommendation_id="a", optimization_id="opt_a")
    after = recommendation("a", status="completed", optimization_id="opt_a", version=2)
    seen = happened([recommendation("a")], [after], [], approvals=[("a", approval)], revisions=["a"])
    assert "version of before was approved" in breaches(seen)[0].told
    assert seen.touched == ["a"]
    forgotten = happened([recommendation("a")], [recommendation("a")], [], revisions=["a"])
    assert "should be in its version 2" in breaches(forgotten)[0].told


def test_what_never_ends_is_a_deadlock() -> None:
    seen = happened([recommendation("a")], [recommendation("a", status="executing")], events("started a"))
    assert {breach.invariant for breach in breaches(seen)} == {"no deadlock"}


class Rehearsal:
    """Stages without a platform behind them; counts how often it was started again."""

    def __init__(self, *, ours: bool = True) -> None:
        self.ours = ours
        self.revived = 0
        self.made = 0

    async def fresh(self) -> Stage:
        self.made += 1
        return cast("Stage", SimpleNamespace(number=self.made))

    async def let_rest(self) -> None:
        raise AssertionError("nothing is carried out here")

    let_go_on = let_rest

    async def revive(self) -> bool:
        self.revived += self.ours
        return self.ours


class Faulty(Explorer):
    """Breaks an invariant, or is stuck for ever, whenever two certain acts are in the order."""

    def __init__(self, rehearsal: Rehearsal, *, stuck: bool = False) -> None:
        super().__init__(rehearsal)
        self._stuck = stuck
        self._spoilt: list[Stage] = []

    async def _carry_out(self, trials: Sequence[Trial]) -> None:
        assert not [trial for trial in trials if trial.stage in self._spoilt], "something broke here before"
        for trial in trials:
            if {"approve keeping", "reject keeping"} <= set(trial.order.acts):
                if self._stuck:
                    raise TargetLost("time cannot move on: somebody is busy without end")
                trial.found.append(Breach("one winner", "two won"))
                self._spoilt.append(trial.stage)


@pytest.mark.parametrize("stuck", [False, True])
async def test_the_smallest_failing_order_is_reported_with_its_seed_and_can_be_replayed(*, stuck: bool) -> None:
    rehearsal = Rehearsal()
    found = await Faulty(rehearsal, stuck=stuck).explore(seed=3, count=500)
    assert found.finding is not None
    assert found.finding.breach.invariant == ("no deadlock" if stuck else "one winner")
    smallest = found.finding.smallest
    assert sorted(smallest.acts) == ["approve keeping", "reject keeping"]
    assert f"--replay-order {smallest.token}" in str(found.finding)
    assert "seed 3" in str(found.finding)
    assert bool(rehearsal.revived) == stuck
    assert (await Faulty(Rehearsal(), stuck=stuck).replay(named(smallest.token))).finding is not None


async def test_a_deadlock_of_a_platform_that_is_not_ours_to_start_is_told_as_it_was_found() -> None:
    found = (await Faulty(Rehearsal(ours=False), stuck=True).explore(seed=3, count=500)).finding
    assert found is not None
    assert found.breach.invariant == "no deadlock"
    assert found.smallest == found.first


def test_an_exploration_that_ended_early_proves_nothing() -> None:
    order = drawn(1, 1)
    broken = Exploration(2, 200, 1, Finding(order, order, Breach("one winner", "two won")))
    with pytest.raises(AssertionError, match="two won"):
        broken.expect_kept("one winner")
    with pytest.raises(AssertionError, match="200 orders should have been tried"):
        Exploration(3, 200, 3, None).expect_kept("one winner")
    with pytest.raises(AssertionError, match="too few to say"):
        Exploration(200, 200, 49, None).expect_kept("one winner")
    Exploration(200, 200, 50, None).expect_kept("one winner", "no deadlock")


def test_every_act_can_be_performed() -> None:
    acting = Acting(cast("Any", None), Cast({}), cast("Any", None))
    assert acting._acts.keys() == ACTS.keys()
