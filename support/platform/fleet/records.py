"""What was seen of a fleet, kept: the last survey replaces the one before."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import delete
from sqlalchemy.orm import Session

from support.platform import ids
from support.platform.fleet.views import Fleet, Node, Workload, monthly, monthly_cost
from support.platform.services import Services
from support.platform.tables import Deployment, Discovery, Instance
from support.platform.telemetry import samples
from support.platform.vocabulary import MetricType

CENT = Decimal("0.01")


def keep(session: Session, customer_id: str, fleet: Fleet) -> None:
    """Instances and deployments as they are now; what is gone is gone from the records too."""
    session.execute(delete(Instance).where(Instance.customer_id == customer_id))
    session.execute(delete(Deployment).where(Deployment.customer_id == customer_id))
    session.add_all(_instance(customer_id, fleet, node) for node in fleet.nodes)
    session.add_all(_deployment(customer_id, fleet, workload) for workload in fleet.workloads)


def keep_samples(session: Session, customer_id: str, fleet: Fleet) -> None:
    """The figures of this moment, for whoever asks later how it was."""

    spend = monthly_cost(fleet.nodes).quantize(CENT)
    busy = [node.utilization for node in fleet.nodes if node.utilization is not None]
    mean = sum(busy, Decimal(0)) / len(busy) if busy else None
    samples.keep(
        session, customer_id, None, {("cost", "USD/month"): (spend, len(fleet.nodes)), ("utilization", "percent"): (mean, len(busy))}, fleet.seen_at
    )
    for workload in fleet.workloads:
        serving = workload.serving
        seen = serving.requests or 0
        figures: dict[tuple[MetricType, str], tuple[Decimal | None, int]] = {
            ("latency_p95", "ms"): (serving.p95_ms, seen),
            ("latency_p99", "ms"): (serving.p99_ms, seen),
            ("error_rate", "ratio"): (serving.error_rate, seen),
            ("throughput", "requests/s"): (serving.requests_per_second, seen),
        }
        samples.keep(session, customer_id, workload.name, figures, fleet.seen_at)


def begin(services: Services, session: Session, customer_id: str) -> None:
    """A look at the account has begun."""
    found = _discovery(services, session, customer_id)
    found.status, found.started_at, found.finished_at, found.error = "discovering", services.clock.now(), None, None


def end(services: Services, session: Session, customer_id: str, error: str | None) -> None:
    """The look has ended, in failure if there is an error."""
    found = _discovery(services, session, customer_id)
    found.status, found.finished_at, found.error = ("failed" if error else "discovered"), services.clock.now(), error


def _discovery(services: Services, session: Session, customer_id: str) -> Discovery:
    found = session.get(Discovery, customer_id)
    if found is None:
        found = Discovery(customer_id=customer_id, status="pending", started_at=services.clock.now())
        session.add(found)
    return found


def _instance(customer_id: str, fleet: Fleet, node: Node) -> Instance:
    return Instance(
        id=ids.new_id("ins"),
        customer_id=customer_id,
        instance_id=node.instance_id,
        instance_type=node.instance_type,
        availability_zone=node.availability_zone,
        lifecycle=node.lifecycle,
        state="running",
        deployment=node.deployment,
        launched_at=node.launched_at,
        tags=dict(node.tags),
        monthly_cost=monthly(node.hourly),
        utilization=node.utilization,
        seen_at=fleet.seen_at,
    )


def _deployment(customer_id: str, fleet: Fleet, workload: Workload) -> Deployment:
    return Deployment(
        id=ids.new_id("dep"),
        customer_id=customer_id,
        name=workload.name,
        model=workload.model,
        engine_args=dict(workload.engine_args),
        load_balancer_arn=workload.load_balancer_arn,
        listener_arn=workload.listener_arn,
        interruption_tolerant=workload.tolerant,
        traffic=dict(workload.traffic),
        seen_at=fleet.seen_at,
    )
