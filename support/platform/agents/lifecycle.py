"""Monitoring: the agents look at every fleet again and again."""

from __future__ import annotations

from functools import partial

from sqlalchemy import bindparam, select

from support.platform.services import Services
from support.platform.tables import Customer, Optimization

PERIOD_SECONDS = 300
IN_MOTION = ("pending", "running", "rolling_back")

_IN_MOTION = select(Optimization.customer_id).where(Optimization.status.in_(bindparam("in_motion", expanding=True)))
_AT_REST = select(Customer.id).where(Customer.status == "active", Customer.deleted_at.is_(None), Customer.id.not_in(_IN_MOTION)).order_by(Customer.id)


def start(services: Services) -> None:
    """From now on every five minutes."""
    services.clock.every(PERIOD_SECONDS, lambda: monitor(services), "monitoring")


def monitor(services: Services) -> None:
    """Looks at every active customer whose fleet is not being changed at this moment: a change has a watch of its own."""
    from support.platform.fleet.service import look_again

    with services.database.asking() as connection:
        customers = connection.scalars(_AT_REST, {"in_motion": IN_MOTION}).all()
    for customer_id in customers:
        services.jobs.run(f"monitoring of {customer_id}", partial(look_again, services, customer_id))
