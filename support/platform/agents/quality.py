"""The application agent's measurements: the baseline before any change, and quality as time goes on."""

from __future__ import annotations

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


def baselines(services: Services, customer: Customer, fleet: Fleet, trigger: AnalysisTrigger) -> dict[str, Baseline | None]:
    """Each deployment's baseline. One that has none is measured now; monitoring measures quality anew and compares."""
    found: dict[str, Baseline | None] = {}
    for workload in fleet.workloads:
        known = _known(services, customer.id, workload.name)
        if known is not None and trigger != "monitoring":
            found[workload.name] = known
            continue
        seen = _measure(services, customer, workload)
        found[workload.name] = _keep(services, customer.id, workload.name, fleet, known, seen)
    return found


def _measure(services: Services, customer: Customer, workload: Workload) -> Count | None:
    from support.platform.telemetry.probe import Probe

    addresses = {node.instance_id: node.private_ip for node in workload.nodes if node.private_ip}
    return Probe(services.network, customer, workload.model or "default").quality(addresses)


def _known(services: Services, customer_id: str, deployment: str) -> Baseline | None:
    with services.database.asking() as connection:
        newest = samples.newest_baseline(connection, customer_id, deployment)
    return Baseline(*newest) if newest is not None else None


def _keep(services: Services, customer_id: str, deployment: str, fleet: Fleet, known: Baseline | None, seen: Count | None) -> Baseline | None:
    """The sample is kept; it becomes the baseline if there is none yet, and is compared with it otherwise."""
    if seen is None or seen.of == 0:
        return known
    quality, now = seen.share.quantize(UNIT), services.clock.now()
    with services.database.session() as session:
        samples.keep(session, customer_id, deployment, {("quality", "ratio"): (quality, seen.of)}, now)
        if known is None and seen.of >= ENOUGH_SAMPLES:
            made = {"id": ids.new_id("qbl"), "customer_id": customer_id, "deployment": deployment}
            add_now(session, QualityBaseline(**made, quality=quality, samples=seen.of, taken_at=now))
        if known is not None:
            _compare(services, session, customer_id, deployment, fleet, known, seen)
    return known or Baseline(quality, seen.of)


def _compare(services: Services, session: Session, customer_id: str, deployment: str, fleet: Fleet, known: Baseline, seen: Count) -> None:
    before = Count(int((known.quality * known.samples).to_integral_value()), known.samples)
    told = alarm(before, seen, fleet.policy.quality_floor)
    if told is not None:
        payload = {"deployment": deployment, "detail": told}
        services.events.publish(session, customer_id, "quality_alarm", "application", payload)
        raise_alert(services, session, customer_id, "quality", "high", f"{deployment}: {told}")
