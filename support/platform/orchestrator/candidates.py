"""Recommendations on record as the conflict engine's proposals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Row, Select, Table, bindparam, select
from sqlalchemy.orm import Session

from support.platform.fleet.views import INTERRUPTIBLE_TAG
from support.platform.orchestrator.proposals import Proposal, Relation, relation
from support.platform.tables import Instance, Recommendation
from support.platform.vocabulary import Risk

DEPLOYMENT = "deployment:"
UNDER_WAY = ("pending", "approved", "executing")

_seen = cast("Table", Instance.__table__).c
_MACHINES: Select[Any] = select(_seen.instance_id, _seen.deployment, _seen.tags).where(_seen.customer_id == bindparam("customer"))


def machines_of(session: Session, customer_id: str) -> Sequence[Row[Any]]:
    """The customer's machines, as last seen: `instance_id`, `deployment` and `tags` of each."""
    return session.connection().execute(_MACHINES, {"customer": customer_id}).all()


def proposals(session: Session, customer_id: str, recommendations: Iterable[Recommendation]) -> list[Proposal]:
    """With each deployment's nodes, and with what the nodes tolerate, as last seen."""
    machines = machines_of(session, customer_id)
    return [_proposal(recommendation, machines) for recommendation in recommendations]


def in_the_way(session: Session, recommendation: Recommendation) -> list[Recommendation]:
    """The recommendations under way with which this one cannot be carried out, oldest first."""
    wanted = select(Recommendation).where(
        Recommendation.customer_id == recommendation.customer_id, Recommendation.status.in_(UNDER_WAY), Recommendation.id != recommendation.id
    )
    others = session.scalars(wanted.order_by(Recommendation.created_at, Recommendation.id)).all()
    if not others:
        return []
    mine, *theirs = proposals(session, recommendation.customer_id, [recommendation, *others])
    barred = {other.id for other in theirs if relation(mine, other) in {Relation.EXCLUSIVE, Relation.OPPOSITE}}
    return [other for other in others if other.id in barred]


def _proposal(row: Recommendation, machines: Sequence[Row[Any]]) -> Proposal:
    named = set(row.affected_resources)
    deployments = {resource.removeprefix(DEPLOYMENT) for resource in named if resource.startswith(DEPLOYMENT)}
    touched = named | {machine.instance_id for machine in machines if machine.deployment in deployments}
    tolerant = {machine.instance_id for machine in machines if machine.instance_id in touched and machine.tags.get(INTERRUPTIBLE_TAG) == "true"}
    return Proposal(
        id=row.id,
        type=row.type,
        agent_type=row.agent_type,
        risk=cast("Risk", row.risk_level),
        saving=row.estimated_savings,
        confidence=row.confidence,
        created_at=row.created_at,
        resources=frozenset(touched),
        dependencies=tuple(row.dependencies),
        tolerant=frozenset(tolerant),
        settings=row.details.get("setting_changes") or {},
        saving_of={node: Decimal(saving) for node, saving in (row.details.get("node_savings") or {}).items()},
    )
