"""What a change reserves: everything that it names, and every deployment of its nodes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from support.platform import ids
from support.platform.optimizations.documents import Plan
from support.platform.optimizations.locks import resources_of
from support.platform.optimizations.tests import rehearsal
from support.platform.services import Services
from support.platform.tables import Instance


@pytest.fixture
def services(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with rehearsal.house(database_url, monkeypatch) as opened:
        yield opened


def seen(services: Services, customer_id: str, name: str, deployment: str | None) -> Instance:
    now = services.clock.now()
    place = {"instance_type": "g5.xlarge", "availability_zone": "us-east-1a", "lifecycle": "on_demand", "state": "running", "tags": {}}
    moments = {"launched_at": now, "seen_at": now}
    known = {"id": ids.new_id("ins"), "customer_id": customer_id, "instance_id": name, "deployment": deployment}
    return Instance(**known, **place, **moments, monthly_cost=Decimal(1))


def test_nodes_of_two_deployments_reserve_both_and_no_third(services: Services) -> None:
    customer_id = rehearsal.customer(services)
    plan = Plan(deployment="chat", affected=("i-1", "i-2", "i-4"), agent_type="cost", title="Two", predicted=Decimal(1))
    fleet = {"i-1": "chat", "i-2": "batch", "i-3": "advisor", "i-4": None}
    with services.database.session() as session:
        session.add_all(seen(services, customer_id, name, deployment) for name, deployment in fleet.items())
        session.flush()
        assert resources_of(session, customer_id, plan) == ["deployment:batch", "deployment:chat", "i-1", "i-2", "i-4"]


def test_another_customers_node_of_the_same_name_reserves_nothing_here(services: Services) -> None:
    mine, other = rehearsal.customer(services), rehearsal.customer(services)
    plan = Plan(deployment=None, affected=("i-1",), agent_type="cost", title="One", predicted=Decimal(1))
    with services.database.session() as session:
        session.add(seen(services, other, "i-1", "chat"))
        session.flush()
        assert resources_of(session, mine, plan) == ["i-1"]
