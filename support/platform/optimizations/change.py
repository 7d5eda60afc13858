"""What all kinds of changes have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from support.platform.clock import Nudge
from support.platform.customers.records import settings_of
from support.platform.fleet.prices import catalogue_of, spot_prices
from support.platform.optimizations.comparison import differences
from support.platform.optimizations.documents import Machine, Plan, Snapshot
from support.platform.optimizations.failures import NothingChanged
from support.platform.optimizations.health import Count, Objective
from support.platform.optimizations.journal import Journal, Record
from support.platform.optimizations.site import Site
from support.platform.services import Services
from support.platform.telemetry import samples
from support.platform.telemetry.probe import Probe
from support.platform.turns import Turns


@dataclass(frozen=True)
class Work:
    """One change at work: its record, and what wakes it when somebody wants it to stop."""

    services: Services
    journal: Journal
    turns: Turns
    optimization_id: str
    nudge: Nudge

    @property
    def record(self) -> Record:
        """As it is kept at this moment."""
        return self.journal.read(self.optimization_id)


@dataclass(frozen=True)
class Booked:
    """What a change saves, in USD a month, and what that rests on, line by line, for people who want to check it."""

    saving: Decimal
    basis: tuple[str, ...] = ()


class Change(ABC):
    """A kind of change: its steps, how each is taken, and how each is undone.

    Both may happen again after a crash; then they find what is there already. Business failures are `StepFailed`, `NothingChanged` and
    `StopRequested`; botocore's errors and `Unreachable` are failures of the step too.
    """

    steps: ClassVar[tuple[str, ...]]

    def __init__(self, work: Work) -> None:
        self.work = work
        self.services = work.services
        self.journal = work.journal

    @abstractmethod
    def take(self, step: str, *, resumed: bool) -> dict[str, Any]:
        """Takes the step and answers what is worth keeping of it. `resumed`: a former process may have taken a part of it."""

    @abstractmethod
    def undo(self, step: str) -> dict[str, Any]:
        """Undoes whatever of the step was done, if anything, and answers what is worth telling of it."""

    def saving(self) -> Booked:
        """What the completed change saves, by what is billed before and after it."""
        return Booked(Decimal(0))

    def unrestored(self) -> list[str]:
        """How the fleet differs from what it was before the change; nothing when all is as before."""
        snapshot = self.record.snapshot
        return differences(snapshot, self.site.look(snapshot), self.gone()) if snapshot else []

    def known_as(self) -> str | None:
        """The record of the deployment before the change, if each of its instances has outlived the change that was taken back."""
        snapshot = self.record.snapshot
        return snapshot.known_as if snapshot and not self.gone() else None

    def gone(self) -> frozenset[str]:
        """The instances that the change terminated: they can only be replaced by others of their kind."""
        return frozenset()

    @property
    def record(self) -> Record:
        """As it is kept at this moment."""
        return self.work.record

    @property
    def plan(self) -> Plan:
        """As it is kept at this moment."""
        return self.record.plan

    @property
    def snapshot(self) -> Snapshot:
        """The deployment before the change; taken in the first step."""
        found = self.record.snapshot
        assert found is not None, "the first step takes the snapshot"
        return found

    @property
    def site(self) -> Site:
        """The deployment in the customer's account."""
        record = self.record
        return Site(self.services, record.customer, record.plan.deployment or "")

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Nobody else works on this deployment meanwhile: neither a step nor the replacement of a reclaimed node."""
        with self.work.turns.turn(turn_of(self.record)):
            yield

    def objective(self) -> Objective:
        """What this customer was promised, from the customer's own settings."""
        declared = settings_of(self.record.customer)
        return Objective(
            p95_ms=Decimal(declared.p95_objective_ms),
            p99_ms=Decimal(declared.p99_objective_ms),
            error_rate=declared.error_rate_objective,
            quality_floor=declared.quality_floor,
        )

    def baseline(self, machines: tuple[Machine, ...]) -> Count:
        """The deployment's quality before the change: the newest that was measured, or measured now. NothingChanged if it cannot be."""
        record = self.record
        deployment = record.plan.deployment or ""
        with self.services.database.asking() as connection:
            known = samples.baseline(connection, record.customer.id, deployment)
        if known is not None and known.hits:
            return known
        measured = Probe(self.services.network, record.customer).quality({one.instance_id: one.private_ip for one in machines})
        if measured is None or not measured.hits:
            raise NothingChanged(f"the quality of {deployment} cannot be measured before the change: nothing answers", "unknown_health")
        with self.services.database.session() as session:
            samples.keep_baseline(session, record.customer.id, deployment, measured, self.services.clock.now())
        return measured

    def on_demand_prices(self, instance_types: set[str]) -> dict[str, Decimal]:
        """USD an hour by type, from AWS's price list. NothingChanged for a type without a price."""
        found = catalogue_of(self.services.cloud).on_demand(self.site.account, instance_types, self.services.clock.now())
        missing = instance_types - found.keys()
        if missing:
            raise NothingChanged(f"the price list does not know {', '.join(sorted(missing))}", "price_unknown")
        return found

    def spot_prices(self, instance_types: set[str]) -> dict[tuple[str, str], Decimal]:
        """USD an hour by type and zone at this moment."""
        return spot_prices(self.site.account, instance_types, self.services.clock.now())


def turn_of(record: Record) -> str:
    """The name of the turn for work on the record's deployment."""
    return f"{record.customer.id}/{record.plan.deployment}"
