"""The audit chain: complete, readable by few, and tampering shows where."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import delete, select, update

from support.platform.audit.service import Audit, entries, first_break
from support.platform.conftest import Somebody
from support.platform.services import Services
from support.platform.tables import AuditEntry, Event


def trail(admin: Somebody, customer_id: str, query: str = "") -> list[dict[str, object]]:
    entries = admin.get(f"/customers/{customer_id}/audit{query}").json()["entries"]
    assert isinstance(entries, list)
    return entries


def test_changes_are_recorded_under_the_callers_correlation_id(northwind: Somebody, admin: Somebody) -> None:
    answer = northwind.client.patch(
        f"/customers/{northwind.customer_id}",
        json={"settings": {"preference": "quality"}},
        headers={**northwind.headers, "X-Correlation-Id": "thread-1"},
    )
    assert answer.headers["X-Correlation-Id"] == "thread-1"
    entry = trail(admin, northwind.customer_id)[-1]
    assert (entry["action"], entry["entity_type"], entry["entity_id"], entry["correlation_id"]) == (
        "settings_changed",
        "customer",
        northwind.customer_id,
        "thread-1",
    )
    assert entry["details"] == {"preference": {"old": "none", "new": "quality"}}


def test_the_chain_can_be_checked_by_its_reader(northwind: Somebody, admin: Somebody) -> None:
    northwind.patch(f"/customers/{northwind.customer_id}", {"company_name": "Nörd"})
    answer = admin.get(f"/customers/{northwind.customer_id}/audit").json()
    previous = "0" * 64
    for entry in answer["entries"]:
        claimed = entry.pop("hash")
        content = json.dumps({"customer_id": northwind.customer_id, **entry}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert entry["previous_hash"] == previous
        assert hashlib.sha256(content.encode()).hexdigest() == claimed
        previous = claimed
    assert answer["head"] == previous


def test_a_period_includes_its_beginning_and_not_its_end(northwind: Somebody, admin: Somebody) -> None:
    assert trail(admin, northwind.customer_id, "?to=2026-03-02T09:00:00Z") == []
    assert trail(admin, northwind.customer_id, "?from=2026-03-02T09:00:00%2B00:00") != []
    assert admin.get(f"/customers/{northwind.customer_id}/audit?from=yesterday").status_code == 422


@pytest.mark.parametrize("tampering", ["changed", "removed", "inserted", "cut"])
def test_tampering_is_located(northwind: Somebody, services: Services, tampering: str) -> None:
    mine = northwind.customer_id
    for number in range(5):
        with services.database.session() as session:
            services.audit.record(session, mine, "system", f"thing_{number}", "thing", "1")
    with services.database.session() as session:
        last = session.query(AuditEntry).where(AuditEntry.customer_id == mine).count()
        chosen = (AuditEntry.customer_id == mine, AuditEntry.sequence == 3)
        if tampering == "changed":
            session.execute(update(AuditEntry).where(*chosen).values(user="somebody else"))
        elif tampering == "removed":
            session.execute(delete(AuditEntry).where(*chosen))
        elif tampering == "cut":
            session.execute(delete(AuditEntry).where(AuditEntry.customer_id == mine, AuditEntry.sequence == last))
        else:
            found = session.query(AuditEntry).where(*chosen).one()
            copy = {column.name: getattr(found, column.name) for column in AuditEntry.__table__.columns}
            session.add(AuditEntry(**{**copy, "sequence": last + 1}))
    with services.database.reading() as session:
        located = first_break(session, mine)
    assert located is not None
    assert located.sequence == {"changed": 3, "removed": 3, "cut": last, "inserted": last + 1}[tampering]


def test_entries_and_events_of_many_threads_have_no_gaps(northwind: Somebody, services: Services) -> None:
    mine = northwind.customer_id

    def act(number: int) -> None:
        with services.database.session() as session:
            if number % 2:
                services.audit.record(session, mine, "system", "act", "thing", str(number))
            services.events.publish(session, mine, "alert_raised", "orchestrator", {"number": number})
            services.audit.record(session, mine, "system", "act", "thing", str(number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(60)))
    with services.database.reading() as session:
        told = session.scalars(select(Event).where(Event.customer_id == mine).order_by(Event.sequence)).all()
        assert [event.sequence for event in told] == list(range(1, 61))
        assert {event.payload["number"] for event in told} == set(range(60))
        assert first_break(session, mine) is None


def test_several_platforms_add_to_one_chain(northwind: Somebody, services: Services) -> None:
    mine = northwind.customer_id
    for number in range(6):
        audit = Audit(services.clock) if number % 2 else services.audit
        with services.database.session() as session:
            for what in ("first", "second"):
                audit.record(session, mine, "system", what, "thing", str(number))
    with services.database.reading() as session:
        assert [(entry.action, entry.entity_id) for entry in entries(session, mine)][-12:] == [
            (what, str(number)) for number in range(6) for what in ("first", "second")
        ]
        assert first_break(session, mine) is None


def test_what_is_rolled_back_is_no_link_of_the_chain(northwind: Somebody, services: Services) -> None:
    mine = northwind.customer_id
    for action in ("kept", "lost", "kept"):
        with suppress(ZeroDivisionError), services.database.session() as session:
            services.audit.record(session, mine, "system", action, "thing", "1")
            if action == "lost":
                raise ZeroDivisionError
    with services.database.reading() as session:
        assert [entry.action for entry in entries(session, mine)][-2:] == ["kept", "kept"]
        assert first_break(session, mine) is None
