"""What was seen of a fleet, kept: the last survey replaces the one before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from support.platform import ids
from support.platform.fleet.views import Door, Fleet, Node, Serving, Workload, monthly, monthly_cost
from support.platform.services import Services
from support.platform.tables import Deployment, Discovery, Instance
from support.platform.telemetry import samples

CENT = Decimal("0.01")

_instances, _deployments = cast("Table", Instance.__table__), cast("Table", Deployment.__table__)
_discoveries = cast("Table", Discovery.__table__)
_NO_INSTANCES = delete(_instances).where(_instances.c.customer_id == bindparam("customer"))
_NO_DEPLOYMENTS = delete(_deployments).where(_deployments.c.customer_id == bindparam("customer"))
_ADD_INSTANCES, _ADD_DEPLOYMENTS, _ADD_DISCOVERY = insert(_instances), insert(_deployments), insert(_discoveries)
_ON_RECORD = select(_deployments.c.id).where(_deployments.c.id == bindparam("record"))
_SET_DISCOVERY = update(_discoveries).where(_discoveries.c.customer_id == bindparam("customer"))


def keep(session: Session, customer_id: str, fleet: Fleet) -> None:
    """Instances and deployments as they are now; what is gone is gone from the records too."""
    connection = session.connection()
    connection.execute(_NO_INSTANCES, {"customer": customer_id})
    connection.execute(_NO_DEPLOYMENTS, {"customer": customer_id})
    if fleet.nodes:
        connection.execute(_ADD_INSTANCES, [_instance(customer_id, fleet, node) for node in fleet.nodes])
    if fleet.workloads:
        connection.execute(_ADD_DEPLOYMENTS, [_deployment(customer_id, fleet, workload) for workload in fleet.workloads])


def on_record(connection: Connection, deployment_id: str) -> bool:
    """Whether the last look that was kept is still the one that put the deployment on record under this id."""
    return connection.scalar(_ON_RECORD, {"record": deployment_id}) is not None


def keep_samples(session: Session, customer_id: str, fleet: Fleet) -> None:
    """The figures of this moment, for whoever asks later how it was."""
    spend = monthly_cost(fleet.nodes).quantize(CENT)
    busy = [node.utilization for node in fleet.nodes if node.utilization is not None]
    mean = sum(busy, Decimal(0)) / len(busy) if busy else None
    whole: samples.Figures = {("cost", "USD/month"): (spend, len(fleet.nodes)), ("utilization", "percent"): (mean, len(busy))}
    samples.keep(session, customer_id, {None: whole, **{workload.name: _figures(workload.serving) for workload in fleet.workloads}}, fleet.seen_at)


def _figures(serving: Serving) -> samples.Figures:
    seen = serving.requests or 0
    return {
        ("latency_p95", "ms"): (serving.p95_ms, seen),
        ("latency_p99", "ms"): (serving.p99_ms, seen),
        ("error_rate", "ratio"): (serving.error_rate, seen),
        ("throughput", "requests/s"): (serving.requests_per_second, seen),
    }


def begin(services: Services, session: Session, customer_id: str) -> None:
    """The first look at the account begins: once for each customer."""
    session.connection().execute(_ADD_DISCOVERY, {"customer_id": customer_id, "status": "discovering", "started_at": services.clock.now()})


def end(services: Services, session: Session, customer_id: str, error: str | None) -> None:
    """A look has ended, the first or a later one; in failure if there is an error."""
    told = {"status": "failed" if error else "discovered", "finished_at": services.clock.now(), "error": error}
    session.connection().execute(_SET_DISCOVERY, {"customer": customer_id, **told})


def _instance(customer_id: str, fleet: Fleet, node: Node) -> dict[str, Any]:
    return {
        "id": ids.new_id("ins"),
        "customer_id": customer_id,
        "instance_id": node.instance_id,
        "instance_type": node.instance_type,
        "availability_zone": node.availability_zone,
        "lifecycle": node.lifecycle,
        "state": "running",
        "deployment": node.deployment,
        "launched_at": node.launched_at,
        "tags": dict(node.tags),
        "monthly_cost": monthly(node.hourly),
        "utilization": node.utilization,
        "seen_at": fleet.seen_at,
    }


def _deployment(customer_id: str, fleet: Fleet, workload: Workload) -> dict[str, Any]:
    door = fleet.doors.get(workload.name, Door())
    return {
        "id": ids.new_id("dep"),
        "customer_id": customer_id,
        "name": workload.name,
        "model": workload.model,
        "engine_args": dict(workload.engine_args),
        "load_balancer_arn": door.load_balancer_arn,
        "listener_arn": door.listener_arn,
        "interruption_tolerant": workload.tolerant,
        "traffic": dict(door.traffic),
        "seen_at": fleet.seen_at,
    }
