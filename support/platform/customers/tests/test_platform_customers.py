"""Customers, their settings, onboarding and runtime."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from support.platform.conftest import Somebody
from support.platform.tests.clock_server import ClockServer

ROLE = "arn:aws:iam::111122223333:role/OptiInfraAccess"
ONBOARD = {"cloud_provider": "aws", "region": "us-east-1", "iam_role_arn": ROLE}


def path(somebody: Somebody, rest: str = "") -> str:
    return f"/customers/{somebody.customer_id}{rest}"


def test_a_new_customer_has_careful_settings(northwind: Somebody) -> None:
    answer = northwind.get(path(northwind)).json()
    assert (answer["status"], answer["plan"], answer["company_name"]) == ("new", "pro", "Northwind")
    assert answer["settings"] == {
        "preference": "none",
        "auto_execute_low_risk": False,
        "interruptible_capacity_allowed": True,
        "home_region": None,
        "p95_objective_ms": 1000,
        "p99_objective_ms": 1500,
        "error_rate_objective": "0.001",
        "quality_floor": "0.95",
        "version": 1,
    }
    assert answer["event_delivery"]["url"].endswith(f"/cloud-events/{northwind.customer_id}")
    assert answer["event_delivery"]["pattern"]["source"] == ["aws.ec2"]


def test_only_what_is_named_changes(northwind: Somebody) -> None:
    changed = northwind.patch(path(northwind), {"settings": {"preference": "savings", "quality_floor": "0.97"}}).json()["settings"]
    assert (changed["preference"], changed["quality_floor"], changed["p95_objective_ms"], changed["version"]) == ("savings", "0.97", 1000, 2)
    same = northwind.patch(path(northwind), {"settings": {"preference": "savings"}}).json()["settings"]
    assert same["version"] == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"settings": {"preference": "cheap"}}, "settings.preference"),
        ({"settings": {"p95_objective_ms": 2000}}, "settings.p99_objective_ms"),
        ({"settings": {"p95_objective_ms": None}}, "settings.p95_objective_ms"),
        ({"settings": {"quality_floor": "NaN"}}, "settings.quality_floor"),
        ({"settings": {"quality_floor": "0.949"}}, "settings.quality_floor"),
        ({"settings": {"auto_execute_low_risk": "yes"}}, "settings.auto_execute_low_risk"),
        ({"plan": "enterprise", "company_name": "X"}, "plan"),
        ({"settings": {"version": 7}}, "settings.version"),
        ({}, "body"),
    ],
)
def test_a_broken_change_is_refused_and_changes_nothing(northwind: Somebody, body: dict[str, Any], field: str) -> None:
    before = northwind.get(path(northwind)).json()
    answer = northwind.patch(path(northwind), body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert northwind.get(path(northwind)).json() == before


def test_markup_and_sql_are_stored_as_text(northwind: Somebody) -> None:
    name = "<script>alert(1)</script>'; DROP TABLE users; --"
    assert northwind.patch(path(northwind), {"company_name": name}).json()["company_name"] == name
    assert northwind.get("/customers").json()["customers"][0]["company_name"] == name


def test_a_role_that_cannot_be_assumed_leaves_nothing_behind(northwind: Somebody, clock: ClockServer) -> None:
    started = northwind.post(path(northwind, "/onboard"), ONBOARD)
    assert started.status_code == 202
    assert started.json()["external_id"] == northwind.get(path(northwind)).json()["external_id"]
    clock.settle()
    answer = northwind.get(path(northwind)).json()
    assert answer["status"] == "onboarding_failed"
    assert ROLE in answer["status_reason"]
    assert (answer["iam_role_arn"], answer["region"], answer["cloud_provider"]) == (None, None, None)
    assert northwind.post(path(northwind, "/onboard"), ONBOARD).status_code == 202


@pytest.mark.parametrize(
    "changed",
    [
        {"cloud_provider": "gcp"},
        {"region": "us-east-1;"},
        {"iam_role_arn": "arn:aws:iam::1:role/x"},
        {"access_key": "AKIA"},
        {"iam_role_arn": f"{ROLE}\x00"},
    ],
)
def test_broken_onboarding_is_refused(northwind: Somebody, changed: dict[str, str]) -> None:
    assert northwind.post(path(northwind, "/onboard"), {**ONBOARD, **changed}).status_code == 422
    assert northwind.get(path(northwind)).json()["status"] == "new"


def test_a_runtime_connects_with_its_own_token_only(northwind: Somebody, meridian: Somebody, runtime: Somebody) -> None:
    def connect(customer: Somebody, token: str) -> Response:
        body = {"customer_id": customer.customer_id, "agent_token": token, "hostname": "gpu-1", "version": "1.2.0"}
        answer: Response = northwind.client.post("/agent-runtime/connect", json=body)
        return answer

    own = runtime.tokens["access_token"]
    first = connect(northwind, own)
    assert first.json()["connected"] is True
    assert connect(northwind, own).json()["runtime_id"] == first.json()["runtime_id"]
    other = meridian.get(path(meridian, "/agent-install-command")).json()["agent_token"]
    refused = [connect(northwind, other), connect(meridian, own), connect(northwind, "oia_nonsense")]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(401, "runtime_token_wrong")] * 3


def test_who_has_left_gets_in_no_more_and_its_trail_stays(northwind: Somebody, admin: Somebody, runtime: Somebody) -> None:
    assert northwind.delete(path(northwind)).status_code == 204
    assert northwind.get(path(northwind)).status_code == 401
    assert runtime.get("/orchestrator/agents").status_code == 401
    assert admin.get(path(northwind)).status_code == 404
    trail = admin.get(path(northwind, "/audit")).json()
    assert trail["entries"][-1]["action"] == "customer_left"
    assert trail["tampered"] is None
