"""The application agent's measurements: the baseline before any change, and quality as time goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from support.platform import ids
from support.platform.agents.application import alarm
from support.platform.database import add_now
from support.platform.fleet.views import Baseline, Fleet, Workload
from support.platform.optimizations.health import ENOUGH_SAMPLES, Count
from support.platform.portal.alerts import raise_alert
from support.platform.services import Services
from support.platform.tables import Customer, QualityBaseline
from support.platform.telemetry import samples
from support.platform.vocabulary import AnalysisTrigger

UNIT = Decimal("0.000001")


@dataclass(frozen=True)
class Measured:
    """A deployment's baseline, if it has one, and the answers that were just looked at, if any were."""

    known: Baseline | None
    seen: Count | None


def measure(services: Services, customer: Customer, fleet: Fleet, trigger: AnalysisTrigger) -> dict[str, Measured]:
    """Each deployment's quality. Known prompts are asked of one that has no baseline; monitoring asks them anew, to compare."""
    known = _known(services, customer.id, fleet)
    return {
        workload.name: Measured(
            known[workload.name], _measure(services, customer, workload) if known[workload.name] is None or trigger == "monitoring" else None
        )
        for workload in fleet.workloads
    }


def keep(services: Services, session: Session, customer_id: str, fleet: Fleet, measured: Mapping[str, Measured]) -> dict[str, Baseline | None]:
    """Each deployment's baseline. What was seen is kept; it becomes the baseline if there is none yet, and is compared with it otherwise."""
    return {deployment: _keep(services, session, customer_id, deployment, fleet, one) for deployment, one in measured.items()}


def _measure(services: Services, customer: Customer, workload: Workload) -> Count | None:
    from support.platform.telemetry.probe import Probe

    addresses = {node.instance_id: node.private_ip for node in workload.nodes if node.private_ip}
    return Probe(services.network, customer, workload.model or "default").quality(addresses)


def _known(services: Services, customer_id: str, fleet: Fleet) -> dict[str, Baseline | None]:
    with services.database.asking() as connection:
        newest = {workload.name: samples.newest_baseline(connection, customer_id, workload.name) for workload in fleet.workloads}
    return {name: Baseline(*found) if found is not None else None for name, found in newest.items()}


def _keep(services: Services, session: Session, customer_id: str, deployment: str, fleet: Fleet, measured: Measured) -> Baseline | None:
    known, seen = measured.known, measured.seen
    if seen is None or seen.of == 0:
        return known
    quality, now = seen.share.quantize(UNIT), services.clock.now()
    samples.keep(session, customer_id, {deployment: {("quality", "ratio"): (quality, seen.of)}}, now)
    if known is not None:
        _compare(services, session, customer_id, deployment, fleet, known, seen)
    elif seen.of >= ENOUGH_SAMPLES:
        made = {"id": ids.new_id("qbl"), "customer_id": customer_id, "deployment": deployment}
        add_now(session, QualityBaseline(**made, quality=quality, samples=seen.of, taken_at=now))
    return known or Baseline(quality, seen.of)


def _compare(services: Services, session: Session, customer_id: str, deployment: str, fleet: Fleet, known: Baseline, seen: Count) -> None:
    before = Count(int((known.quality * known.samples).to_integral_value()), known.samples)
    told = alarm(before, seen, fleet.policy.quality_floor)
    if told is not None:
        payload = {"deployment": deployment, "detail": told}
        services.events.publish(session, customer_id, "quality_alarm", "application", payload)
        raise_alert(services, session, customer_id, "quality", "high", f"{deployment}: {told}")
