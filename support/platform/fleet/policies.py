"""What a customer declared, read from its settings."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from support.platform.fleet.views import Policy


def policy_of(settings: Mapping[str, Any]) -> Policy:
    """The policy; what the customer left open has the product's default."""
    standard = Policy()
    return Policy(
        preference=settings.get("preference", standard.preference),
        auto_execute_low_risk=settings.get("auto_execute_low_risk", standard.auto_execute_low_risk),
        interruptible_capacity_allowed=settings.get("interruptible_capacity_allowed", standard.interruptible_capacity_allowed),
        p95_objective_ms=Decimal(str(settings.get("p95_objective_ms", standard.p95_objective_ms))),
        quality_floor=Decimal(str(settings.get("quality_floor", standard.quality_floor))),
    )
