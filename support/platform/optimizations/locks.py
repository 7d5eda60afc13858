"""One change at a time on a resource."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from sqlalchemy import Table, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from support.platform.optimizations.documents import Plan
from support.platform.tables import Instance, ResourceLock

DEPLOYMENT = "deployment:"
"""Begins the name of a deployment among the resources of a recommendation."""

_instances, _locks = cast("Table", Instance.__table__), cast("Table", ResourceLock.__table__)
_DEPLOYMENTS = select(_instances.c.deployment).where(
    _instances.c.customer_id == bindparam("customer"), _instances.c.instance_id.in_(bindparam("instances", expanding=True))
)
_HELD = select(_locks.c.resource, _locks.c.optimization_id).where(
    _locks.c.customer_id == bindparam("customer"), _locks.c.resource.in_(bindparam("resources", expanding=True))
)
_TAKE = insert(_locks)
_GIVE_BACK = delete(_locks).where(_locks.c.optimization_id == bindparam("change"))


def resources_of(session: Session, customer_id: str, plan: Plan) -> list[str]:
    """What the change works on: everything that it names, and each deployment of its nodes as a whole, because traffic and settings are shared."""
    of_nodes = session.connection().scalars(_DEPLOYMENTS, {"customer": customer_id, "instances": plan.affected})
    deployments = {plan.deployment, *of_nodes}
    return sorted({*plan.affected, *(f"{DEPLOYMENT}{name}" for name in deployments if name)})


def take_locks(session: Session, customer_id: str, plan: Plan, optimization_id: str) -> list[str]:
    """Takes all of the change's resources or none. Answers the changes that hold one of them; nothing when they are the change's own now.

    Two transactions that take the same resource at once collide on the primary key: the later one fails as a whole.
    """
    wanted = resources_of(session, customer_id, plan)
    held = _held(session, customer_id, wanted)
    if others := set(held.values()) - {optimization_id}:
        return sorted(others)
    if missing := [one for one in wanted if one not in held]:
        taken = [{"customer_id": customer_id, "resource": one, "optimization_id": optimization_id} for one in missing]
        session.connection().execute(_TAKE, taken)
    return []


def give_back_locks(session: Session, optimization_id: str) -> None:
    """The change holds nothing any more."""
    session.connection().execute(_GIVE_BACK, {"change": optimization_id})


def holders(session: Session, customer_id: str, resources: Iterable[str]) -> set[str]:
    """The changes that work on any of these resources."""
    return set(_held(session, customer_id, resources).values())


def _held(session: Session, customer_id: str, resources: Iterable[str]) -> dict[str, str]:
    """Which change works on which of these resources."""
    found = session.connection().execute(_HELD, {"customer": customer_id, "resources": list(resources)})
    return {row.resource: row.optimization_id for row in found}
