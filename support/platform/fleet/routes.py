"""The fleet over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from fastapi import APIRouter
from sqlalchemy import Row, ScalarSelect, Table, bindparam, select

from support.platform.fleet.schemas import DeploymentAnswer, Infrastructure, InstanceAnswer, Traffic
from support.platform.identity.callers import CallerDep, require_customer
from support.platform.identity.roles import Permission
from support.platform.operations import Operation
from support.platform.services import ServicesDep
from support.platform.tables import Deployment, Discovery, Instance, MetricSample
from support.platform.vocabulary import MetricType

_instances, _deployments = cast("Table", Instance.__table__), cast("Table", Deployment.__table__)
_looks, _samples = cast("Table", Discovery.__table__), cast("Table", MetricSample.__table__)
_LOOK = select(_looks).where(_looks.c.customer_id == bindparam("customer"))
_MACHINES = select(_instances).where(_instances.c.customer_id == bindparam("customer")).order_by(_instances.c.launched_at, _instances.c.instance_id)


def _last(metric: MetricType) -> ScalarSelect[Any]:
    """The deployment's newest sample of that metric."""
    own = _samples.c.customer_id == _deployments.c.customer_id, _samples.c.deployment == _deployments.c.name
    return select(_samples.c.value).where(*own, _samples.c.metric_type == metric).order_by(_samples.c.taken_at.desc()).limit(1).scalar_subquery()


_DEPLOYMENTS = (
    select(_deployments, _last("latency_p95").label("p95_latency_ms"), _last("quality").label("quality"))
    .where(_deployments.c.customer_id == bindparam("customer"))
    .order_by(_deployments.c.name)
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
                "vllm_deployments": [_deployment(deployment, machines) for deployment in deployments],
            }
        )


def _deployment(deployment: Row[Any], machines: Sequence[Row[Any]]) -> DeploymentAnswer:
    return DeploymentAnswer(
        name=deployment.name,
        model=deployment.model,
        instance_ids=[machine.instance_id for machine in machines if machine.deployment == deployment.name],
        engine_args=deployment.engine_args,
        traffic=Traffic.model_validate(deployment.traffic),
        interruption_tolerant=deployment.interruption_tolerant,
        p95_latency_ms=deployment.p95_latency_ms,
        quality=deployment.quality,
    )
