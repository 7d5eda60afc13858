"""What a customer declared, as the agents need it."""

from __future__ import annotations

from decimal import Decimal

from support.platform.customers.records import settings_of
from support.platform.fleet.views import Policy
from support.platform.tables import Customer


def policy_of(customer: Customer) -> Policy:
    """The policy in the customer's settings."""
    declared = settings_of(customer)
    return Policy(
        preference=declared.preference,
        auto_execute_low_risk=declared.auto_execute_low_risk,
        interruptible_capacity_allowed=declared.interruptible_capacity_allowed,
        p95_objective_ms=Decimal(declared.p95_objective_ms),
        p99_objective_ms=Decimal(declared.p99_objective_ms),
        quality_floor=declared.quality_floor,
    )
