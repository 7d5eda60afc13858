"""One change at a time on a resource."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from support.platform.optimizations.documents import Plan
from support.platform.tables import Instance, ResourceLock

DEPLOYMENT = "deployment:"
"""Begins the name of a deployment among the resources of a recommendation."""


def resources_of(session: Session, customer_id: str, plan: Plan) -> list[str]:
    """What the change works on: everything that it names, and each deployment of its nodes as a whole, because traffic and settings are shared."""
    of_nodes = select(Instance.deployment).where(Instance.customer_id == customer_id, Instance.instance_id.in_(plan.affected))
    deployments = {plan.deployment, *session.scalars(of_nodes)}
    return sorted({*plan.affected, *(f"{DEPLOYMENT}{name}" for name in deployments if name)})


def take_locks(session: Session, customer_id: str, plan: Plan, optimization_id: str) -> list[str]:
    """Takes all of the change's resources or none. Answers the changes that hold one of them; nothing when they are the change's own now.

    Two transactions that take the same resource at once collide on the primary key: the later one fails as a whole.
    """
    wanted = resources_of(session, customer_id, plan)
    held = holders(session, customer_id, wanted) - {optimization_id}
    if held:
        return sorted(held)
    mine = session.scalars(select(ResourceLock.resource).where(ResourceLock.optimization_id == optimization_id)).all()
    session.add_all(ResourceLock(customer_id=customer_id, resource=one, optimization_id=optimization_id) for one in wanted if one not in mine)
    session.flush()
    return []


def holders(session: Session, customer_id: str, resources: Iterable[str]) -> set[str]:
    """The changes that work on any of these resources."""
    found = select(ResourceLock.optimization_id).where(ResourceLock.customer_id == customer_id, ResourceLock.resource.in_(list(resources)))
    return set(session.scalars(found))
