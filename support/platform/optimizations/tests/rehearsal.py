"""A platform in this process, and a kind of change that touches no cloud: it only notes what is asked of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from sqlalchemy import select

from support.platform import ids
from support.platform.clock import Nudge
from support.platform.optimizations import catalogue, scripts, service
from support.platform.optimizations.change import Booked, Change
from support.platform.optimizations.failures import StopRequested
from support.platform.services import Services, build
from support.platform.settings import Settings
from support.platform.tables import AuditEntry, Customer, Event, Optimization, OptimizationStep, Recommendation

STEPS = ("prepare", "watch", "finish")
PATIENCE_SECONDS = 10


class Rehearsed(Change):
    """Notes each step in `log`; `act` may raise or sleep."""

    steps = STEPS
    log: ClassVar[list[str]] = []
    act: ClassVar[Callable[[Change, str], None]] = staticmethod(lambda _change, _step: None)
    undoing: ClassVar[Callable[[str], None]] = staticmethod(lambda _step: None)

    def take(self, step: str, *, resumed: bool) -> dict[str, Any]:
        self.log.append(f"{step}{' again' if resumed else ''}")
        type(self).act(self, step)
        return {"step": step}

    def undo(self, step: str) -> dict[str, Any]:
        type(self).undoing(step)
        self.log.append(f"undo {step}")
        return {}

    def saving(self) -> Booked:
        return Booked(Decimal("100.00"))


def sleep_in(step: str, asleep: threading.Event) -> Callable[[Change, str], None]:
    """An act that sleeps in that step until somebody wants the change to stop."""

    def act(change: Change, taken: str) -> None:
        if taken == step:
            asleep.set()
            nudge: Nudge = change.work.nudge
            change.services.clock.sleep_until(change.services.clock.now() + timedelta(days=1), nudge)
            raise StopRequested

    return act


@contextmanager
def house(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """A platform on that database, with nothing but the changes' room open."""
    monkeypatch.setitem(catalogue.CHANGES, "spot_migration", Rehearsed)
    monkeypatch.setitem(scripts.STEPS, "spot_migration", STEPS)
    services = build(Settings(database_url=url, token_key="k" * 32, aws_endpoint_url="http://127.0.0.1:9"))
    services.clock.start()
    services.database.create_all()
    engine = service.engine_of(services)
    engine.open()
    try:
        yield services
    finally:
        services.clock.close()
        engine.close()
        services.close()


def customer(services: Services) -> str:
    """A customer that is not onboarded, so that nothing looks at its cloud."""
    with services.database.session() as session:
        made = Customer(
            id=ids.new_id("cus"),
            company_name="Northwind",
            plan="pro",
            status="new",
            external_id="x",
            settings={},
            created_at=services.clock.now(),
        )
        session.add(made)
        return made.id


def recommendation(services: Services, customer_id: str, deployment: str, node: str) -> str:
    """An approved recommendation for one node."""
    with services.database.session() as session:
        made = Recommendation(
            id=ids.new_id("rec"),
            customer_id=customer_id,
            type="spot_migration",
            agent_type="cost",
            title="Move to spot",
            risk_level="medium",
            estimated_savings=Decimal(110),
            confidence=Decimal("0.8"),
            affected_resources=[node],
            dependencies=[],
            validations=[],
            details={"deployment": deployment, "features": {"nodes": 1}},
            fingerprint=f"spot {deployment}",
            status="approved",
            created_at=services.clock.now(),
        )
        session.add(made)
        return made.id


def ended(services: Services, optimization_id: str) -> Optimization:
    """The change, when it has come to its end; fails after ten seconds."""
    finished = threading.Event()

    def look() -> None:
        if read(services, optimization_id).status not in {"pending", "running", "rolling_back"}:
            finished.set()

    stop = services.events.listen(read(services, optimization_id).customer_id, look)
    look()
    assert finished.wait(PATIENCE_SECONDS), f"still {read(services, optimization_id).status} after {PATIENCE_SECONDS} s"
    stop()
    return read(services, optimization_id)


def read(services: Services, optimization_id: str) -> Optimization:
    """The change as it is on record."""
    with services.database.reading() as session:
        return session.get_one(Optimization, optimization_id)


def steps(services: Services, optimization_id: str) -> dict[str, str]:
    """The status of each step."""
    with services.database.reading() as session:
        wanted = select(OptimizationStep).where(OptimizationStep.optimization_id == optimization_id)
        return {step.name: step.status for step in session.scalars(wanted.order_by(OptimizationStep.position))}


def events(services: Services, customer_id: str) -> list[str]:
    """The types of the customer's events, in their order."""
    with services.database.reading() as session:
        return list(session.scalars(select(Event.type).where(Event.customer_id == customer_id).order_by(Event.sequence)))


def audited(services: Services, customer_id: str) -> list[tuple[str, str]]:
    """The actions on the customer's audit trail and who took them, in their order."""
    with services.database.reading() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.customer_id == customer_id).order_by(AuditEntry.sequence))
        return [(entry.action, entry.user) for entry in found]
