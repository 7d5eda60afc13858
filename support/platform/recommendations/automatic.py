"""What is executed without asking: low risk, and only where the customer switched that on."""

from __future__ import annotations

import logging

from sqlalchemy import select

from support.platform.fleet.policies import policy_of
from support.platform.problems import Refusal
from support.platform.recommendations.decisions import approve
from support.platform.services import Services
from support.platform.tables import Customer, Recommendation

_log = logging.getLogger(__name__)


def execute_permitted(services: Services, customer_id: str) -> None:
    """Begins every pending low-risk recommendation against which nothing stands; what cannot be begun stays pending for the customer."""
    with services.database.reading() as session:
        customer = session.get(Customer, customer_id)
        if customer is None or customer.deleted_at is not None or not policy_of(customer).auto_execute_low_risk:
            return
        wanted = select(Recommendation.id).where(
            Recommendation.customer_id == customer_id,
            Recommendation.status == "pending",
            Recommendation.risk_level == "low",
            Recommendation.type != "stay_on_demand",
        )
        candidates = session.scalars(wanted.order_by(Recommendation.created_at, Recommendation.id)).all()
    for recommendation_id in candidates:
        try:
            approve(services, customer_id, recommendation_id, "system")
        except Refusal as refusal:
            _log.info("%s is left to the customer: %s", recommendation_id, refusal.document.detail)
