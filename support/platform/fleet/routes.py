"""The fleet over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session

from support.platform.fleet.schemas import DeploymentAnswer, Infrastructure, InstanceAnswer, Traffic
from support.platform.identity.callers import CallerDep, require_customer
from support.platform.identity.roles import Permission
from support.platform.operations import Operation
from support.platform.services import ServicesDep
from support.platform.tables import Deployment, Discovery, Instance, MetricSample

router = APIRouter(tags=["fleet"], route_class=Operation)


@router.get("/customers/{customer_id}/infrastructure", response_model=Infrastructure, summary="What the customer runs")
def infrastructure(customer_id: str, caller: CallerDep, services: ServicesDep) -> Infrastructure:
    """As it was at the last look."""
    customer = require_customer(services, caller, Permission.READ, customer_id)
    with services.database.reading() as session:
        look = session.get(Discovery, customer.id)
        machines = session.scalars(
            select(Instance).where(Instance.customer_id == customer.id).order_by(Instance.launched_at, Instance.instance_id)
        ).all()
        deployments = session.scalars(select(Deployment).where(Deployment.customer_id == customer.id).order_by(Deployment.name)).all()
        return Infrastructure.model_validate(
            {
                "status": look.status if look else "pending",
                "discovered_at": look.finished_at if look else None,
                "error": look.error if look else None,
                "instances": [InstanceAnswer.model_validate(machine) for machine in machines],
                "vllm_deployments": [_deployment(session, deployment, machines) for deployment in deployments],
            }
        )


def _deployment(session: Session, deployment: Deployment, machines: Sequence[Instance]) -> DeploymentAnswer:
    return DeploymentAnswer(
        name=deployment.name,
        model=deployment.model,
        instance_ids=[machine.instance_id for machine in machines if machine.deployment == deployment.name],
        engine_args=deployment.engine_args,
        traffic=Traffic.model_validate(deployment.traffic),
        interruption_tolerant=deployment.interruption_tolerant,
        p95_latency_ms=_last(session, deployment, "latency_p95"),
        quality=_last(session, deployment, "quality"),
    )


def _last(session: Session, deployment: Deployment, metric: str) -> Decimal | None:
    wanted = select(MetricSample.value).where(
        MetricSample.customer_id == deployment.customer_id, MetricSample.deployment == deployment.name, MetricSample.metric_type == metric
    )
    return session.scalars(wanted.order_by(MetricSample.taken_at.desc()).limit(1)).first()
