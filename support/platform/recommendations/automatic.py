"""What is executed without asking: low risk, and only where the customer switched that on."""

from __future__ import annotations

import logging
from typing import cast

from sqlalchemy import Table, bindparam, select

from support.platform.database import row_now
from support.platform.fleet.policies import policy_of
from support.platform.problems import Refusal
from support.platform.recommendations.decisions import approve
from support.platform.services import Services
from support.platform.tables import Customer, Recommendation

_log = logging.getLogger(__name__)

_known = cast("Table", Recommendation.__table__)
_CANDIDATES = (
    select(_known.c.id)
    .where(
        _known.c.customer_id == bindparam("customer"),
        _known.c.status == "pending",
        _known.c.risk_level == "low",
        _known.c.type != "stay_on_demand",
    )
    .order_by(_known.c.created_at, _known.c.id)
)


def execute_permitted(services: Services, customer_id: str) -> None:
    """Begins every pending low-risk recommendation against which nothing stands; what cannot be begun stays pending for the customer."""
    with services.database.asking() as connection:
        customer = row_now(connection, Customer, customer_id)
        if customer is None or customer.deleted_at is not None or not policy_of(customer).auto_execute_low_risk:
            return
        candidates = connection.scalars(_CANDIDATES, {"customer": customer_id}).all()
    for recommendation_id in candidates:
        try:
            approve(services, customer_id, recommendation_id, "system")
        except Refusal as refusal:
            _log.info("%s is left to the customer: %s", recommendation_id, refusal.document.detail)
