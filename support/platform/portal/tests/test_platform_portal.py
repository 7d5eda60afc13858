"""Dashboard, savings, alerts and health."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from fastapi.testclient import TestClient

from support.platform.conftest import Somebody
from support.platform.portal.alerts import raise_alert
from support.platform.services import Services
from support.platform.tables import Instance, Saving
from support.platform.tests.clock_server import START


def instance(customer_id: str, number: int, cost: str, state: str = "running", at: datetime = START) -> Instance:
    return Instance(
        id=f"ins_{number}",
        customer_id=customer_id,
        instance_id=f"i-{number}",
        instance_type="g5.xlarge",
        availability_zone="us-east-1a",
        lifecycle="on_demand",
        state=state,
        launched_at=at,
        tags={},
        monthly_cost=Decimal(cost),
        seen_at=at,
    )


def test_totals_are_the_sums_of_what_is_shown(northwind: Somebody, services: Services) -> None:
    mine = northwind.customer_id
    with services.database.session() as session:
        session.add_all([instance(mine, 1, "734.3816"), instance(mine, 2, "734.3849"), instance(mine, 3, "100", "terminated")])
        session.add_all(
            Saving(id=f"sav_{n}", customer_id=mine, optimization_id=f"opt_{n}", predicted=Decimal(10), booked=Decimal("9.994"), booked_at=START)
            for n in (1, 2)
        )
    board = northwind.get(f"/portal/customers/{mine}/dashboard").json()
    assert board["current_spend"] == "1468.76"
    assert (board["potential_savings"], board["recommendations"], board["active_optimizations"]) == ("0.00", [], [])
    book = northwind.get(f"/customers/{mine}/savings").json()
    assert book["total"] == board["realized_savings"] == "19.98"
    assert [entry["monthly_saving"] for entry in book["entries"]] == ["9.99", "9.99"]


def test_alerts_are_listed(northwind: Somebody, services: Services) -> None:
    with services.database.session() as session:
        raise_alert(services, session, northwind.customer_id, "rollback_failed", "high", "Look at it.")
    found = northwind.get(f"/customers/{northwind.customer_id}/alerts").json()["alerts"]
    assert [(alert["kind"], alert["severity"], alert["message"]) for alert in found] == [("rollback_failed", "high", "Look at it.")]


def test_health_reports_what_it_finds(client: TestClient) -> None:
    answer = client.get("/health").json()
    assert answer["status"] == "unhealthy"
    assert {name: found["status"] for name, found in answer["dependencies"].items()} == {
        "database": "healthy",
        "cloud": "unhealthy",
        "clock": "healthy",
        "language_model": "absent",
    }


def test_the_published_contract_names_every_refusal(client: TestClient) -> None:
    published = client.get("/openapi.json").json()
    assert "ProblemDocument" in published["components"]["schemas"]
    for path, operations in published["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert operation["responses"]["422"]["content"].keys() == {"application/problem+json"}, (method, path)


def test_unknown_paths_methods_and_broken_bodies_are_problem_documents(client: TestClient) -> None:
    answers = [
        client.get("/nowhere"),
        client.put("/customers"),
        client.post("/auth/login", content=b"{", headers={"Content-Type": "application/json"}),
    ]
    assert [answer.status_code for answer in answers] == [404, 405, 422]
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in answers)
