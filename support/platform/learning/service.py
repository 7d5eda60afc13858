"""What was learnt from changes that were carried out, and which of them a new one resembles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from support.platform.database import add_now, change_now
from support.platform.ids import new_id
from support.platform.learning.vectors import SIMILAR, vector
from support.platform.services import Services
from support.platform.tables import Pattern

SUCCESS = "success"
_patterns = cast("Table", Pattern.__table__)
_OF_CHANGE = select(_patterns.c.id).where(_patterns.c.optimization_id == bindparam("change"))
WEIGHT = Decimal("0.25")
"""How far one precedent moves a confidence."""


@dataclass(frozen=True)
class Precedent:
    """The most similar change of this customer's past."""

    pattern_id: str
    similarity: Decimal
    outcome: str

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
    known = session.connection().scalars(_OF_CHANGE, {"change": optimization_id}).one_or_none()
    if known is not None:
        change_now(session, Pattern(id=known), outcome=outcome, realized=realized)
        return
    pattern = Pattern(
        id=new_id("pat"),
        customer_id=customer_id,
        type=change_type,
        features=dict(features),
        outcome=outcome,
        predicted=predicted,
        realized=realized,
        created_at=services.clock.now(),
        optimization_id=optimization_id,
    )
    add_now(session, pattern)
    services.vectors.put(session, _collection(customer_id, change_type), pattern.id, vector(features))


def precedent_for(services: Services, session: Session, customer_id: str, change_type: str, features: Mapping[str, Any]) -> Precedent | None:
    """The most similar change of that type that this customer has been through, the latest of equals; None if none was similar enough."""
    found = services.vectors.nearest(session, _collection(customer_id, change_type), vector(features), SIMILAR)
    if not found:
        return None
    similarity = {one.key: round(one.similarity, 4) for one in found}
    patterns = session.scalars(select(Pattern).where(Pattern.id.in_(similarity))).all()
    best = max(patterns, key=lambda pattern: (similarity[pattern.id], pattern.created_at))
    return Precedent(best.id, Decimal(str(similarity[best.id])), best.outcome)


def _collection(customer_id: str, change_type: str) -> str:
    """Nobody's changes speak for anybody else's, nor for changes of another type."""
    return f"{customer_id}/{change_type}"
