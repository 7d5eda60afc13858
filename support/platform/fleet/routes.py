"""The fleet over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from fastapi import APIRouter
from sqlalchemy import Connection, Row, Table, bindparam, select

from support.platform.fleet.schemas import DeploymentAnswer, Infrastructure, InstanceAnswer, Traffic
from support.platform.identity.callers import CallerDep, require_customer
from support.platform.identity.roles import Permission
from support.platform.operations import Operation
from support.platform.services import ServicesDep
from support.platform.tables import Deployment, Discovery, Instance, MetricSample

_instances, _deployments = cast("Table", Instance.__table__), cast("Table", Deployment.__table__)
_looks, _samples = cast("Table", Discovery.__table__), cast("Table", MetricSample.__table__)
_LOOK = select(_looks).where(_looks.c.customer_id == bindparam("customer"))
_MACHINES = select(_instances).where(_instances.c.customer_id == bindparam("customer")).order_by(_instances.c.launched_at, _instances.c.instance_id)
_DEPLOYMENTS = select(_deployments).where(_deployments.c.customer_id == bindparam("customer")).order_by(_deployments.c.name)
_LAST = (
    select(_samples.c.value)
    .where(
        _samples.c.customer_id == bindparam("customer"),
        _samples.c.deployment == bindparam("deployment"),
        _samples.c.metric_type == bindparam("metric"),
    )
    .order_by(_samples.c.taken_at.desc())
    .limit(1)
)

router = APIRouter(tags=["fleet"], route_class=Operation)


@router.get("/customers/{customer_id}/infrastructure", response_model=Infrastructure, summary="What the customer runs")
def infrastructure(customer_id: str, caller: CallerDep, services: ServicesDep) -> Infrastructure:
    """As it was at the last look."""
    customer = require_customer(services, caller, Permission.READ, customer_id)
    asked = {"customer": customer.id}
    with services.database.asking() as connection:
        look = connection.execute(_LOOK, asked).one_or_none()
        machines = connection.execute(_MACHINES, asked).all()
        deployments = connection.execute(_DEPLOYMENTS, asked).all()
        return Infrastructure.model_validate(
            {
                "status": look.status if look else "pending",
                "discovered_at": look.finished_at if look else None,
                "error": look.error if look else None,
                "instances": [InstanceAnswer.model_validate(machine) for machine in machines],
                "vllm_deployments": [_deployment(connection, deployment, machines) for deployment in deployments],
            }
        )


def _deployment(connection: Connection, deployment: Row[Any], machines: Sequence[Row[Any]]) -> DeploymentAnswer:
    return DeploymentAnswer(
        name=deployment.name,
        model=deployment.model,
        instance_ids=[machine.instance_id for machine in machines if machine.deployment == deployment.name],
        engine_args=deployment.engine_args,
        traffic=Traffic.model_validate(deployment.traffic),
        interruption_tolerant=deployment.interruption_tolerant,
        p95_latency_ms=_last(connection, deployment, "latency_p95"),
        quality=_last(connection, deployment, "quality"),
    )


def _last(connection: Connection, deployment: Row[Any], metric: str) -> Decimal | None:
    asked = {"customer": deployment.customer_id, "deployment": deployment.name, "metric": metric}
    found: Decimal | None = connection.execute(_LAST, asked).scalar()
    return found
