"""What customers do when the platform starts."""

from __future__ import annotations

from sqlalchemy import select

from support.platform.customers.service import begin_onboarding
from support.platform.services import Services
from support.platform.tables import Customer


def start(services: Services) -> None:
    """Takes up the onboardings that a stop has interrupted."""
    with services.database.reading() as session:
        interrupted = session.scalars(select(Customer).where(Customer.status == "onboarding")).all()
    for customer in interrupted:
        begin_onboarding(services, customer)
