"""How an agent stands at this moment: as it said last, unless it has been silent for too long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from support.platform.orchestrator.schemas import HEARTBEAT_SECONDS
from support.platform.tables import Agent
from support.platform.vocabulary import AgentStatus

SILENCE = timedelta(seconds=3 * HEARTBEAT_SECONDS)
"""After so long without a heartbeat an agent is unavailable."""


def silent(agent: Agent, now: datetime) -> bool:
    """Whether three heartbeats are missing. Built-in agents live as long as the platform."""
    return agent.customer_id is not None and now - agent.last_heartbeat >= SILENCE


def heard_at(agent: Agent, now: datetime) -> datetime:
    """When it was last heard of. The built-in agents run in the platform, which is heard at this moment."""
    return now if agent.customer_id is None else agent.last_heartbeat


def status_at(agent: Agent, now: datetime) -> AgentStatus:
    """Its status at this moment."""
    return "unavailable" if silent(agent, now) else cast("AgentStatus", agent.status)
