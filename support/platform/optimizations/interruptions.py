"""Nodes that the cloud takes back: replaced before they are gone, or as soon as it is known that they are."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any, cast

from sqlalchemy import Table, bindparam, select

from support.platform.cloud_events import LOST_STATES, STATE_CHANGE, WARNING
from support.platform.optimizations.documents import Node
from support.platform.optimizations.failures import StepFailed
from support.platform.optimizations.migration import SpotMigration
from support.platform.optimizations.scripts import SPOT, STEPS
from support.platform.optimizations.service import engine_of
from support.platform.portal.alerts import raise_alert
from support.platform.services import Services
from support.platform.tables import Customer, Optimization

_log = logging.getLogger(__name__)

_changes = cast("Table", Optimization.__table__)
_CHANGES = select(_changes.c.id, _changes.c.type, _changes.c.status, _changes.c.resources).where(
    _changes.c.customer_id == bindparam("customer"), _changes.c.snapshot.is_not(None)
)


def receive(services: Services, customer: Customer, event: dict[str, Any]) -> bool:
    """Sees to the event in the background. Whether it may concern us: a node that a migration launched and is still using.

    A node that nobody knows may have just been launched by a migration that has not heard so yet: that is known when its step is done.
    A rebalance recommendation is advice that may come long before a reclaim, or without one: it changes nothing.
    """
    instance_id = _lost_instance(event)
    if instance_id is None:
        return False
    owners = _owners(services, customer.id, instance_id)
    for owner in owners:
        services.jobs.run(f"replace node {instance_id}", partial(replace, services, owner, instance_id, str(event.get("detail-type"))))
    return bool(owners)


def _lost_instance(event: dict[str, Any]) -> str | None:
    detail = event.get("detail")
    if event.get("source") != "aws.ec2" or not isinstance(detail, dict):
        return None
    instance_id = detail.get("instance-id")
    kind = event.get("detail-type")
    lost = kind == WARNING or (kind == STATE_CHANGE and detail.get("state") in LOST_STATES)
    return instance_id if lost and isinstance(instance_id, str) else None


def _owners(services: Services, customer_id: str, instance_id: str) -> list[str]:
    """The migration that launched the node and still needs it; of a node that no change knows, each migration that is under way."""
    with services.database.asking() as connection:
        rows = connection.execute(_CHANGES, {"customer": customer_id}).all()
    for row in rows:
        for node in row.resources:
            if node["instance_id"] == instance_id:
                return [row.id] if node["released_at"] is None else []
    return [row.id for row in rows if row.status == "running" and STEPS[row.type] == SPOT]


def replace(services: Services, optimization_id: str, instance_id: str, why: str) -> None:
    """Puts another node in the place of that one, once: a node that is no longer in use is nobody's loss."""
    engine = engine_of(services)
    change = engine.change(optimization_id)
    assert isinstance(change, SpotMigration)
    with change.turn():
        lost = next((node for node in change.record.serving if node.instance_id == instance_id), None)
        if lost is None:
            return
        _tell(services, optimization_id, "node_reclaimed", {"instance_id": instance_id, "detail": why})
        try:
            node = change.replace(lost)
        except StepFailed as error:
            _log.warning("node %s cannot be replaced: %s", instance_id, error)
            _alert(services, optimization_id, instance_id, str(error))
            return
        _tell(services, optimization_id, "node_replaced", _replacement(lost, node))


def _replacement(lost: Node, node: Node) -> dict[str, Any]:
    return {
        "instance_id": lost.instance_id,
        "replaced_by": node.instance_id,
        "lifecycle": node.lifecycle,
        "instance_type": node.instance_type,
        "availability_zone": node.availability_zone,
    }


def _tell(services: Services, optimization_id: str, event: Any, payload: dict[str, Any]) -> None:  # noqa: ANN401  one of two event types
    with services.database.session() as session:
        engine_of(services).journal.tell(session, session.get_one(Optimization, optimization_id), event, payload)


def _alert(services: Services, optimization_id: str, instance_id: str, why: str) -> None:
    with services.database.session() as session:
        row = session.get_one(Optimization, optimization_id)
        raise_alert(services, session, row.customer_id, "node_not_replaced", "high", f"Node {instance_id} was lost and not replaced: {why}", row.id)
