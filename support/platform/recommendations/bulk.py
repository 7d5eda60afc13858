"""Approving several recommendations at once: settled as a whole, carried out in an order that respects their conflicts."""

from __future__ import annotations

from collections.abc import Sequence

from support.platform.fleet.policies import policy_of
from support.platform.locking import locked_customer
from support.platform.problems import Refusal
from support.platform.recommendations.decisions import of_one_customer, undecided
from support.platform.services import Services
from support.platform.tables import Resolution


def approve_several(services: Services, customer_id: str, recommendation_ids: Sequence[str], user: str) -> Resolution:
    """Settles, approves and starts them in one transaction: all of it, or nothing. Answers the executed resolution."""
    from support.platform.orchestrator.resolutions import carry_out, decide, keep

    late: Refusal | None = None
    with services.database.session() as session:
        customer = locked_customer(session, customer_id)
        asked = of_one_customer(session, customer_id, list(recommendation_ids), "ids")
        late = next((refusal for one in asked if (refusal := undecided(services, session, one)) is not None), None)
        if late is None:
            settlement = decide(session, customer_id, asked, policy_of(customer).preference)
            resolution = keep(services, session, asked, settlement, user)
            carry_out(services, session, resolution, asked, user)
            return resolution
    raise late
