"""The watch period: a wave is looked at every minute and must be healthy every time before the next wave may start."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from support.platform.clock import Nudge
from support.platform.optimizations.documents import Plan
from support.platform.optimizations.failures import StopRequested, Unhealthy
from support.platform.optimizations.health import ENOUGH_SAMPLES, Finding, Observation, Trigger, broken, judge, worst
from support.platform.services import Services
from support.platform.tables import Customer
from support.platform.telemetry import samples
from support.platform.telemetry.exposition import Reading, Traffic, between
from support.platform.telemetry.probe import Probe

SAMPLE_EVERY = timedelta(seconds=60)
SAMPLES = 3
"""A watch period of three minutes."""
WATCH_PERIOD = SAMPLES * SAMPLE_EVERY

P95, P99 = Decimal("0.95"), Decimal("0.99")


class Watched(Protocol):
    """What is watched. A node may be replaced while it is watched."""

    def addresses(self) -> Mapping[str, str]:
        """The private address of each node that serves at this moment."""

    def silent(self, instance_ids: Collection[str]) -> None:
        """These nodes did not answer: sees to it that those which are gone are replaced."""

    def still_worth_it(self) -> None:
        """Raises StepFailed when another reason than health ends the change, for instance the price. Asked at the last look, before a next wave."""


class Watch:
    """Watches the nodes that a wave has put into service."""

    def __init__(self, services: Services, customer: Customer, optimization_id: str, plan: Plan, watched: Watched) -> None:
        self._services = services
        self._customer = customer
        self._optimization_id = optimization_id
        self._plan = plan
        self._watched = watched
        self._probe = Probe(services.network, customer, str(plan.details.get("model") or "default"))
        self._findings: list[Finding] = []

    def keep(self, nudge: Nudge, begun: datetime) -> dict[str, str | int]:
        """Returns what was found when the wave was healthy throughout. Raises Unhealthy at the first look that finds a broken promise, or at
        the end if anything remained unknown; StopRequested as soon as the nudge is given.

        `begun` is when the period began: now, or earlier if a former process did not live to see its end. Then it goes on, and its last
        look is at what was served for a whole minute.
        """
        clock = self._services.clock
        looks = moments(begun, clock.now())
        first = since = self._read()[1]
        for moment in looks:
            clock.sleep_until(moment, nudge)
            if nudge.given:
                raise StopRequested
            last = moment == looks[-1]
            if last:
                self._watched.still_worth_it()
            addresses, now = self._read()
            traffic = between(since, now)
            if last and _too_few(traffic):
                traffic = between(first, now)
            seen = self._observe(traffic, addresses)
            self._judge(seen, may_wait=not last and _too_few(traffic))
            if not _too_few(traffic):
                since = now
        found = worst(self._findings)
        if not found.healthy:
            raise Unhealthy(f"health is unknown: {'; '.join(found.reasons)}", Trigger.UNKNOWN)
        return {"verdict": found.verdict.value, "looks": len(looks), "seconds": int((clock.now() - begun).total_seconds())}

    def _read(self) -> tuple[Mapping[str, str], Mapping[str, Reading]]:
        addresses = self._watched.addresses()
        readings = self._probe.readings(addresses)
        silent = [name for name, reading in readings.items() if reading == Reading()]
        if silent:
            self._watched.silent(silent)
            addresses = self._watched.addresses()
            readings = self._probe.readings(addresses)
        return addresses, readings

    def _observe(self, traffic: Traffic, addresses: Mapping[str, str]) -> Observation:
        seen = Observation(traffic.answered, traffic.failed, traffic.quantile_ms(P95), traffic.quantile_ms(P99), self._probe.quality(addresses))
        with self._services.database.session() as session:
            moment = self._services.clock.now()
            samples.keep(session, self._customer.id, {self._plan.deployment: samples.figures_of(seen)}, moment, self._optimization_id)
        return seen

    def _judge(self, seen: Observation, *, may_wait: bool) -> None:
        """`may_wait`: the requests are too few to be judged alone, and are judged together with those of the next look."""
        assert self._plan.baseline is not None
        breaches = broken(seen, self._plan.baseline, self._plan.objective)
        if breaches:
            trigger = breaches[0][0]
            if trigger is Trigger.QUALITY:
                self._alarm(breaches[0][1])
            raise Unhealthy("; ".join(reason for _, reason in breaches), trigger)
        if not may_wait:
            self._findings.append(judge(seen, self._plan.baseline, self._plan.objective))

    def _alarm(self, what: str) -> None:
        with self._services.database.session() as session:
            payload = {"optimization_id": self._optimization_id, "deployment": self._plan.deployment, "detail": what}
            self._services.events.publish(session, self._customer.id, "quality_alarm", "application", payload)


def moments(begun: datetime, now: datetime) -> list[datetime]:
    """When a watch period that began then is still to be looked at; at least once, and last after a minute or more from now."""
    left = [moment for look in range(1, SAMPLES + 1) if (moment := begun + look * SAMPLE_EVERY) > now]
    return left if left and left[-1] >= now + SAMPLE_EVERY else [*left[:-1], now + SAMPLE_EVERY]


def _too_few(traffic: Traffic) -> bool:
    return traffic.answered is not None and traffic.answered.of < ENOUGH_SAMPLES
