"""What was learnt from changes that were carried out, and which of them a new one resembles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from support.platform.ids import new_id
from support.platform.learning.vectors import SIMILAR, cosine, vector
from support.platform.services import Services
from support.platform.tables import Pattern

SUCCESS = "success"
WEIGHT = Decimal("0.25")
"""How far one precedent moves a confidence."""


@dataclass(frozen=True)
class Precedent:
    """The most similar change of this customer's past. `successes` and `failures` count all similar ones."""

    pattern_id: str
    similarity: Decimal
    outcome: str
    successes: int
    failures: int

    def adjusted(self, confidence: Decimal) -> Decimal:
        """The confidence after what was learnt: nearer to 1 by a quarter of the way for a good precedent, three quarters of itself for a bad one."""
        if self.outcome == SUCCESS:
            return confidence + (1 - confidence) * WEIGHT
        return confidence * (1 - WEIGHT)

    def document(self) -> dict[str, str]:
        """As it stands in a recommendation."""
        return {"pattern_id": self.pattern_id, "similarity": str(self.similarity), "outcome": self.outcome}


def remember(
    services: Services,
    session: Session,
    customer_id: str,
    change_type: str,
    features: Mapping[str, Any],
    outcome: str,
    predicted: Decimal,
    realized: Decimal,
    optimization_id: str,
) -> None:
    """Stores how a change ended, once for each change (a later end replaces the earlier one), in the caller's transaction."""
    known = session.scalars(select(Pattern).where(Pattern.optimization_id == optimization_id)).one_or_none()
    if known is not None:
        known.outcome, known.realized = outcome, realized
        return
    session.add(
        Pattern(
            id=new_id("pat"),
            customer_id=customer_id,
            type=change_type,
            features={"inputs": dict(features), "vector": vector(features)},
            outcome=outcome,
            predicted=predicted,
            realized=realized,
            created_at=services.clock.now(),
            optimization_id=optimization_id,
        )
    )


def precedent_for(
    services: Services,  # noqa: ARG001  every room's service is called so
    session: Session,
    customer_id: str,
    change_type: str,
    features: Mapping[str, Any],
) -> Precedent | None:
    """The most similar change of that type that this customer has been through, the latest of equals; None if none was similar enough."""
    wanted = vector(features)
    kept = session.scalars(select(Pattern).where(Pattern.customer_id == customer_id, Pattern.type == change_type).order_by(Pattern.created_at.desc()))
    similar = [(cosine(wanted, pattern.features["vector"]), pattern) for pattern in kept]
    similar = [(alike, pattern) for alike, pattern in similar if alike >= SIMILAR]
    if not similar:
        return None
    alike, best = max(similar, key=lambda found: found[0])
    successes = sum(pattern.outcome == SUCCESS for _, pattern in similar)
    return Precedent(best.id, Decimal(str(round(alike, 4))), best.outcome, successes, len(similar) - successes)
