"""What was seen is kept as it was at the last look, on each kind of database."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from support.platform.conftest import Somebody
from support.platform.fleet import records, service
from support.platform.fleet.views import DEPLOYMENT_TAG, Fleet, Node, Serving, Workload
from support.platform.services import Services
from support.platform.tables import Customer, Deployment

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _node(name: str) -> Node:
    price = Decimal("1.006")
    return Node(name, "g5.xlarge", "us-east-1a", "on_demand", NOW, "10.0.0.1", {DEPLOYMENT_TAG: "chat"}, price, price, Decimal("41.5"), Decimal(80))


def _seen(*names: str) -> Fleet:
    nodes = tuple(_node(name) for name in names)
    serving = Serving(requests=400, error_rate=Decimal("0.01"), p95_ms=Decimal(800), p99_ms=None)
    chat = Workload("chat", nodes, {"max_num_seqs": 64}, serving=serving)
    return Fleet(NOW, nodes, (chat,) if nodes else ())


def _told(somebody: Somebody) -> Any:  # noqa: ANN401  the answer's JSON
    return somebody.get(f"/customers/{somebody.customer_id}/infrastructure").json()


def test_the_last_look_replaces_the_one_before(services: Services, northwind: Somebody) -> None:
    for seen in (_seen("i-1", "i-2"), _seen("i-2", "i-3")):
        with services.database.session() as session:
            records.keep(session, northwind.customer_id, seen)
            records.keep_samples(session, northwind.customer_id, seen)
    told = _told(northwind)
    assert [machine["instance_id"] for machine in told["instances"]] == ["i-2", "i-3"]
    assert [machine["monthly_cost"] for machine in told["instances"]] == ["734.38", "734.38"]
    assert [(one["name"], one["instance_ids"], one["p95_latency_ms"]) for one in told["vllm_deployments"]] == [("chat", ["i-2", "i-3"], "800")]
    with services.database.session() as session:
        records.keep(session, northwind.customer_id, _seen())
    assert _told(northwind)["instances"] == _told(northwind)["vllm_deployments"] == []


def test_a_look_is_told_from_its_beginning_to_its_end(services: Services, northwind: Somebody) -> None:
    assert _told(northwind)["status"] == "pending"
    with services.database.session() as session:
        records.begin(services, session, northwind.customer_id)
    assert (_told(northwind)["status"], _told(northwind)["discovered_at"]) == ("discovering", None)
    for error, status in (("AWS did not answer", "failed"), (None, "discovered")):
        with services.database.session() as session:
            records.end(services, session, northwind.customer_id, error)
        assert (_told(northwind)["status"], _told(northwind)["error"]) == (status, error)
        assert _told(northwind)["discovered_at"] is not None


def test_each_look_puts_a_deployment_on_record_anew(services: Services, northwind: Somebody) -> None:
    known: list[str] = []
    for seen in (_seen("i-1"), _seen("i-1")):
        with services.database.session() as session:
            records.keep(session, northwind.customer_id, seen)
            known.append(session.scalars(select(Deployment.id).where(Deployment.customer_id == northwind.customer_id)).one())
    with services.database.asking() as connection:
        assert [records.on_record(connection, each) for each in known] == [False, True]


def test_nobody_looks_again_while_what_is_known_is_still_so(services: Services, northwind: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    with services.database.session() as session:
        customer = session.get_one(Customer, northwind.customer_id)
        customer.status, customer.iam_role_arn = "active", "arn:aws:iam::111122223333:role/OptiInfraAccess"
        records.keep(session, northwind.customer_id, _seen("i-1"))
        known = session.scalars(select(Deployment.id).where(Deployment.customer_id == northwind.customer_id)).one()

    def nothing_there(_services: Services, customer: Customer) -> Fleet:
        looked.append(customer.id)
        raise service.DiscoveryFailed("nothing answers")

    monkeypatch.setattr(service, "look", nothing_there)
    service.look_again(services, northwind.customer_id, known)
    assert looked == []
    service.look_again(services, northwind.customer_id, "dep_of_an_earlier_look")
    assert looked == [northwind.customer_id]
