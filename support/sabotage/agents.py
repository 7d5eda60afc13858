"""What several defects look for in a platform that is broken already."""

from __future__ import annotations

from typing import Any


def agents_of(session: Any, customer_id: str) -> list[Any]:
    """The customer's own agents that have not left."""
    from sqlalchemy import select

    from support.platform.tables import Agent

    return list(session.scalars(select(Agent).where(Agent.customer_id == customer_id, Agent.left_at.is_(None))))
