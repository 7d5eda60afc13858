"""Deciding over HTTP: what is refused, what is repeated, what lapses. The fleet's records are written as a discovery would."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from support.platform import ids
from support.platform.conftest import Somebody
from support.platform.services import Services
from support.platform.tables import Deployment, Event, Feedback, Instance, Optimization, Recommendation
from support.platform.tests.clock_server import ClockServer


@pytest.fixture(autouse=True)
def fleet(northwind: Somebody, services: Services) -> None:
    """Four nodes of one deployment, two of which tolerate interruption."""
    now = services.clock.now()
    with services.database.session() as session:
        for index in range(4):
            session.add(
                Instance(
                    id=ids.new_id("ins"),
                    customer_id=northwind.customer_id,
                    instance_id=f"i-{index}",
                    instance_type="g5.xlarge",
                    availability_zone="us-east-1a",
                    lifecycle="on_demand",
                    state="running",
                    deployment="chat",
                    launched_at=now,
                    tags={"optiinfra:interruptible": "true" if index < 2 else "false"},
                    monthly_cost=Decimal(734),
                    utilization=Decimal(50),
                    seen_at=now,
                )
            )
        session.add(
            Deployment(
                id=ids.new_id("dep"),
                customer_id=northwind.customer_id,
                name="chat",
                engine_args={},
                interruption_tolerant=False,
                traffic={"on_demand": "100", "spot": "0"},
                seen_at=now,
            )
        )


def submission(kind: str, *resources: str, **changed: object) -> dict[str, Any]:
    plain = {"title": kind, "risk_level": "medium", "estimated_savings": "100.00", "confidence": "0.8", "dependencies": []}
    return {**plain, "type": kind, "affected_resources": list(resources), **changed}


def submit(runtime: Somebody, kind: str, *resources: str, **changed: object) -> str:
    answer = runtime.post(f"/customers/{runtime.customer_id}/recommendations", submission(kind, *resources, **changed))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def status(owner: Somebody, recommendation: str) -> str:
    return str(owner.get(f"/recommendations/{recommendation}").json()["status"])


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"confidence": "1.01"}, "confidence"),
        ({"confidence": "-0.01"}, "confidence"),
        ({"details": {"pools": [{"instance_type": "c6i.large", "interruption_rate": "0.01"}]}}, "details.pools"),
        ({"details": {"node_savings": {"i-0": "a lot"}}}, "details.node_savings"),
        ({"details": {"deployment": "another"}}, "details.deployment"),
        ({"details": {"setting_changes": ["max_num_seqs"]}}, "details.setting_changes"),
        ({"type": "rightsizing"}, "details.target_instance_type"),
        ({"confidence": "NaN"}, "confidence"),
        ({"estimated_savings": "-0.01"}, "estimated_savings"),
        ({"risk_level": "extreme"}, "risk_level"),
        ({"type": "magic"}, "type"),
        ({"dependencies": ["rec_aaaaaaaaaaaaaaaaaaaa"]}, "dependencies.0"),
        ({"affected_resources": ["i-0", "i-9"]}, "affected_resources.1"),
        ({"affected_resources": ["deployment:other"]}, "affected_resources.0"),
        ({"type": "spot_migration", "affected_resources": ["i-2"]}, "affected_resources"),
        ({"type": "spot_migration", "risk_level": "high"}, "risk_level"),
    ],
)
def test_nonsense_is_refused_whole(northwind: Somebody, runtime: Somebody, changed: dict[str, Any], field: str) -> None:
    answer = runtime.post(f"/customers/{runtime.customer_id}/recommendations", {**submission("idle_termination", "i-0"), **changed})
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert northwind.get(f"/customers/{northwind.customer_id}/recommendations").json() == {"recommendations": []}


def test_approving_again_repeats_the_answer(northwind: Somebody, runtime: Somebody, services: Services) -> None:
    one = submit(runtime, "stay_on_demand", "i-0")
    first = northwind.post(f"/recommendations/{one}/approve")
    assert first.status_code == 200, first.text
    assert northwind.post(f"/recommendations/{one}/approve").json() == first.json()
    with services.database.reading() as session:
        assert session.scalars(select(Optimization.id)).all() == [first.json()["optimization_id"]]
    refused = northwind.post(f"/recommendations/{one}/reject", {"reason": "no"})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_decided")


def test_a_rejection_is_final_and_its_reason_is_kept(northwind: Somebody, runtime: Somebody, services: Services) -> None:
    one = submit(runtime, "idle_termination", "i-0")
    for reason in ("we need it on Fridays", "another reason"):
        answer = northwind.post(f"/recommendations/{one}/reject", {"reason": reason})
        assert (answer.status_code, answer.json()["reason"]) == (200, "we need it on Fridays")
    refused = northwind.post(f"/recommendations/{one}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_decided")
    with services.database.reading() as session:
        assert [(kept.agent_type, kept.reason) for kept in session.scalars(select(Feedback))] == [("cost", "we need it on Fridays")]


def test_an_agent_reads_why_its_own_was_rejected_and_nothing_else(northwind: Somebody, runtime: Somebody, services: Services) -> None:
    one, other = submit(runtime, "idle_termination", "i-0"), submit(runtime, "idle_termination", "i-1")
    northwind.post(f"/recommendations/{one}/reject", {"reason": "we need it on Fridays"})
    assert runtime.get(f"/recommendations/{one}").json()["rejection_reason"] == "we need it on Fridays"
    with services.database.session() as session:
        session.get_one(Recommendation, other).agent_id = None
    refused = runtime.get(f"/recommendations/{other}")
    assert (refused.status_code, refused.json()["code"]) == (403, "role_may_not")


@pytest.mark.parametrize(("risk", "hours"), [("medium", 48), ("high", 24), ("critical", 4)])
def test_an_approval_lapses_at_its_time(
    northwind: Somebody, runtime: Somebody, services: Services, clock: ClockServer, risk: str, hours: int
) -> None:
    one, other = submit(runtime, "stay_on_demand", "i-0", risk_level=risk), submit(runtime, "stay_on_demand", "i-1", risk_level=risk)
    clock.advance(timedelta(hours=hours) - timedelta(seconds=1))
    fresh = northwind_again(northwind)
    assert fresh.post(f"/recommendations/{one}/approve").status_code == 200
    clock.advance(timedelta(seconds=1))
    assert status(fresh, other) == "expired"
    refused = fresh.post(f"/recommendations/{other}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "approval_lapsed")
    with services.database.reading() as session:
        assert len(session.scalars(select(Event).where(Event.type == "recommendation_expired")).all()) == 1


def northwind_again(northwind: Somebody) -> Somebody:
    """The owner, logged in anew because hours have passed."""
    from support.platform.conftest import log_in

    return log_in(northwind.client, "owner@northwind.example", northwind.customer_id)


def test_an_outdated_version_is_refused(northwind: Somebody, runtime: Somebody) -> None:
    one = submit(runtime, "stay_on_demand", "i-0")
    refused = northwind.post(f"/recommendations/{one}/approve", {"version": 2})
    assert (refused.status_code, refused.json()["code"], refused.json()["current_version"]) == (409, "stale_version", 1)
    assert northwind.post(f"/recommendations/{one}/approve", {"version": 1}).status_code == 200


def test_a_migration_without_second_opinions_is_refused(northwind: Somebody, runtime: Somebody) -> None:
    one = submit(runtime, "spot_migration", "i-0")
    refused = northwind.post(f"/recommendations/{one}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "validation_missing")
    northwind.patch(f"/customers/{northwind.customer_id}", {"settings": {"interruptible_capacity_allowed": False}})
    assert northwind.post(f"/recommendations/{one}/approve").json()["code"] == "approval_lapsed"
    refused = runtime.post(f"/customers/{runtime.customer_id}/recommendations", submission("spot_migration", "i-1"))
    assert refused.status_code == 422


@pytest.mark.parametrize("kind", ["workload_placement", "reserved_instance"])
def test_what_nothing_carries_out_is_refused(northwind: Somebody, runtime: Somebody, kind: str) -> None:
    one = submit(runtime, kind, "i-0")
    refused = northwind.post(f"/recommendations/{one}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_executable")
    assert status(northwind, one) == "pending"


def test_a_policy_takes_its_offers_back_at_once(northwind: Somebody, runtime: Somebody) -> None:
    offer, other = submit(runtime, "spot_migration", "i-0"), submit(runtime, "idle_termination", "i-3")
    settings = {"settings": {"interruptible_capacity_allowed": False}}
    assert northwind.patch(f"/customers/{northwind.customer_id}", settings).status_code == 200
    assert (status(northwind, offer), status(northwind, other)) == ("expired", "pending")


def test_a_conflict_must_be_settled_and_is_executed_once(northwind: Somebody, runtime: Somebody, services: Services) -> None:
    idle, stay = submit(runtime, "idle_termination", "i-0"), submit(runtime, "stay_on_demand", "i-0")
    refused = northwind.post(f"/recommendations/{idle}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict_unresolved")
    body = {"customer_id": northwind.customer_id, "recommendation_ids": [idle, stay]}
    settled = northwind.post("/orchestrator/resolve-conflict", body).json()
    assert (settled["conflict_detected"], settled["conflicts"][0]["kind"], settled["conflicts"][0]["severity"]) == (True, "action", "high")
    assert (settled["resolution_strategy"], settled["chosen_recommendation"]) == ("prioritize_customer", stay)
    assert settled["dropped"] == [{"recommendation_id": idle, "in_favour_of": stay}]
    assert northwind.get(f"/orchestrator/resolutions/{settled['id']}").json() == settled
    done = northwind.post("/orchestrator/execute-resolution", {"resolution_id": settled["id"]})
    assert done.status_code == 200, done.text
    assert northwind.post("/orchestrator/execute-resolution", {"resolution_id": settled["id"]}).json() == done.json()
    assert status(northwind, idle) == "rejected"
    with services.database.reading() as session:
        told = session.scalars(select(Event.agent_type).where(Event.type == "resolution_executed")).all()
        assert sorted(told) == ["cost", "orchestrator", "performance"]
        assert session.scalars(select(Optimization.recommendation_id)).all() == [stay]


def test_a_settlement_on_outdated_facts_is_not_executed(northwind: Somebody, runtime: Somebody) -> None:
    idle, stay = submit(runtime, "idle_termination", "i-0"), submit(runtime, "stay_on_demand", "i-0")
    settled = northwind.post("/orchestrator/resolve-conflict", {"customer_id": northwind.customer_id, "recommendation_ids": [idle, stay]}).json()
    northwind.post(f"/recommendations/{idle}/reject", {"reason": "no"})
    refused = northwind.post("/orchestrator/execute-resolution", {"resolution_id": settled["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_decided")
    assert status(northwind, stay) == "pending"


def test_several_are_approved_in_an_order_that_respects_their_conflicts(northwind: Somebody, runtime: Somebody) -> None:
    tune = submit(runtime, "kv_cache_tuning", "deployment:chat", details={"setting_changes": {"gpu_memory_utilization": 0.95}})
    stay = submit(runtime, "stay_on_demand", "i-1", confidence="0.7")
    idle = submit(runtime, "idle_termination", "i-1")
    answer = northwind.post("/recommendations/approve", {"ids": [idle, stay, tune]})
    assert answer.status_code == 200, answer.text
    assert answer.json()["order_of_execution"] == [tune, stay]
    assert answer.json()["dropped"] == [{"recommendation_id": idle, "in_favour_of": stay}]
    assert len({one["optimization_id"] for one in answer.json()["optimizations"]}) == 2


def test_what_is_not_done_yet_must_be_done_before(northwind: Somebody, runtime: Somebody) -> None:
    first = submit(runtime, "stay_on_demand", "i-0")
    second = submit(runtime, "stay_on_demand", "i-1", dependencies=[first])
    refused = northwind.post(f"/recommendations/{second}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "dependency_open")


def test_another_customers_recommendations_are_out_of_reach(northwind: Somebody, meridian: Somebody, runtime: Somebody) -> None:
    one = submit(runtime, "stay_on_demand", "i-0")
    absent = "rec_aaaaaaaaaaaaaaaaaaaa"
    for path in ("/recommendations/{}/approve", "/recommendations/{}/reject"):
        answers = [meridian.post(path.format(name), {"reason": "x"}) for name in (one, absent)]
        assert [answer.status_code for answer in answers] == [403, 403]
        assert answers[0].json() == answers[1].json()
    assert meridian.post("/recommendations/approve", {"ids": [one]}).status_code == 403
    body = {"customer_id": meridian.customer_id, "recommendation_ids": [one]}
    assert meridian.post("/orchestrator/resolve-conflict", body).status_code == 422
    assert status(northwind, one) == "pending"


def test_a_revision_makes_a_new_version_and_leaves_the_rest(northwind: Somebody, runtime: Somebody) -> None:
    one = submit(runtime, "stay_on_demand", "i-0")
    revised = runtime.patch(f"/recommendations/{one}", {"estimated_savings": "150.00", "version": 1})
    assert (revised.status_code, revised.json()["version"], revised.json()["estimated_savings"]) == (200, 2, "150.00")
    assert revised.json()["confidence"] == "0.8"
    stale = northwind.post(f"/recommendations/{one}/approve", {"version": 1})
    assert (stale.status_code, stale.json()["code"], stale.json()["current_version"]) == (409, "stale_version", 2)
    again = runtime.patch(f"/recommendations/{one}", {"title": "too late", "version": 1})
    assert (again.status_code, again.json()["code"]) == (409, "stale_version")


def test_a_stale_approval_is_refused_even_if_the_current_version_is_approved(northwind: Somebody, runtime: Somebody) -> None:
    one = submit(runtime, "stay_on_demand", "i-0")
    runtime.patch(f"/recommendations/{one}", {"estimated_savings": "150.00", "version": 1})
    approved = northwind.post(f"/recommendations/{one}/approve", {"version": 2})
    stale = northwind.post(f"/recommendations/{one}/approve", {"version": 1})
    assert (stale.status_code, stale.json()["code"], stale.json()["current_version"]) == (409, "stale_version", 2)
    assert northwind.post(f"/recommendations/{one}/approve", {"version": 2}).json() == approved.json()


def test_a_revision_is_refused_whole_and_only_its_agent_may_make_it(northwind: Somebody, runtime: Somebody) -> None:
    one = submit(runtime, "stay_on_demand", "i-0")
    wrong = runtime.patch(f"/recommendations/{one}", {"title": "other", "dependencies": ["rec_aaaaaaaaaaaaaaaaaaaa"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "dependencies.0")
    assert northwind.get(f"/recommendations/{one}").json()["title"] == "stay_on_demand"
    risky = runtime.patch(f"/recommendations/{submit(runtime, 'spot_migration', 'i-0')}", {"risk_level": "critical"})
    assert (risky.status_code, risky.json()["errors"][0]["field"]) == (422, "risk_level")
    assert northwind.patch(f"/recommendations/{one}", {"title": "mine"}).status_code == 403
    northwind.post(f"/recommendations/{one}/reject", {"reason": "no"})
    late = runtime.patch(f"/recommendations/{one}", {"title": "late"})
    assert (late.status_code, late.json()["code"]) == (409, "already_decided")
