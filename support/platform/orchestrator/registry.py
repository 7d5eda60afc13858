"""The registry of agents: who is there, who is silent, who comes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from support.platform import ids
from support.platform.identity.callers import Caller, not_yours
from support.platform.locking import lock_again, lock_customer
from support.platform.orchestrator import standing, tasks
from support.platform.orchestrator.schemas import Heartbeat, Register
from support.platform.problems import conflict, not_found
from support.platform.services import Services
from support.platform.tables import Agent
from support.platform.vocabulary import AgentStatus


def register(services: Services, caller: Caller, asked: Register) -> str:
    """Gives the agent its identity and answers it; the same host and type gets the same one, with its new version and capabilities."""
    customer_id = str(caller.customer_id)
    now = services.clock.now()
    with services.database.session() as session:
        lock_customer(session, customer_id)
        found = session.scalars(
            select(Agent).where(Agent.customer_id == customer_id, Agent.hostname == asked.hostname, Agent.agent_type == asked.agent_type)
        ).one_or_none()
        if found is None:
            found = Agent(
                id=ids.new_id("agt"), customer_id=customer_id, hostname=asked.hostname, agent_type=asked.agent_type, status="new", registered_at=now
            )
            session.add(found)
        previous = found.status
        found.version, found.capabilities = asked.version, sorted(set(asked.capabilities))
        found.current_tasks, found.load, found.last_heartbeat, found.left_at = 0, Decimal(0), now, None
        found.status = "active"
        session.flush()
        details = {"agent_type": asked.agent_type, "hostname": asked.hostname, "version": asked.version, "capabilities": found.capabilities}
        services.audit.record(session, customer_id, caller.user_id, "agent_registered", "agent", found.id, details)
        _tell(services, session, found, previous)
        tasks.place_waiting(services, session, customer_id)
        agent_id = found.id
    watch(services, agent_id, now)
    return agent_id


def heartbeat(services: Services, caller: Caller, agent_id: str, asked: Heartbeat) -> AgentStatus:
    """Records the sign of life; a silent agent is back. Raises 409 for an agent that has left: it must register again."""
    now = services.clock.now()
    with services.database.session() as session:
        found = own(session, caller, agent_id)
        if found.left_at is not None:
            raise conflict("agent_left", "This agent has left; register it again.")
        previous = found.status
        found.status, found.current_tasks, found.load, found.last_heartbeat = asked.status, asked.current_tasks, asked.load, now
        _tell(services, session, found, previous)
        if previous != asked.status:
            tasks.place_waiting(services, session, str(found.customer_id))
    watch(services, agent_id, now)
    return asked.status


def leave(services: Services, caller: Caller, agent_id: str) -> None:
    """The agent gets no more work, and its unfinished work goes to another. Leaving twice changes nothing."""
    with services.database.session() as session:
        found = own(session, caller, agent_id)
        if found.left_at is not None:
            return
        found.left_at = services.clock.now()
        services.audit.record(session, found.customer_id, caller.user_id, "agent_left", "agent", found.id)
        _lose(services, session, found)


def visible(session: Session, caller: Caller, now: datetime) -> Sequence[Agent]:
    """The built-in agents and those of the caller's customer (staff: all) that have not left, with their status at this moment."""
    wanted = select(Agent).where(Agent.left_at.is_(None)).order_by(Agent.registered_at, Agent.id)
    if not caller.is_staff:
        wanted = wanted.where(or_(Agent.customer_id.is_(None), Agent.customer_id == caller.customer_id))
    found = session.scalars(wanted).all()
    for agent in found:
        agent.status, agent.last_heartbeat = standing.status_at(agent, now), standing.heard_at(agent, now)
    return found


def own(session: Session, caller: Caller, agent_id: str) -> Agent:
    """The caller's agent, locked. 404 for an id that cannot be one, 403 for every agent that is not of the caller's customer."""
    if not ids.well_formed(agent_id, "agt"):
        raise not_found("agent")
    found = session.scalars(select(Agent).where(Agent.id == agent_id)).one_or_none()
    if found is None or found.customer_id is None or found.customer_id != caller.customer_id:
        raise not_yours()
    lock_again(session, found)
    return found


def watch(services: Services, agent_id: str, heard: datetime) -> None:
    """Looks at the agent again when its silence would be too long."""
    services.clock.call_at(heard + standing.SILENCE, lambda: _look(services, agent_id), f"silence of {agent_id}")


def watch_all(services: Services) -> None:
    """Watches every agent that was available when the platform stopped."""
    with services.database.reading() as session:
        found = session.execute(
            select(Agent.id, Agent.last_heartbeat).where(Agent.customer_id.is_not(None), Agent.left_at.is_(None), Agent.status != "unavailable")
        ).all()
    for agent_id, heard in found:
        watch(services, agent_id, heard)


def _look(services: Services, agent_id: str) -> None:
    with services.database.session() as session:
        found = session.get_one(Agent, agent_id)
        lock_again(session, found)
        if standing.silent(found, services.clock.now()) and found.left_at is None and found.status != "unavailable":
            services.audit.record(session, found.customer_id, "system", "agent_silent", "agent", found.id)
            _lose(services, session, found)


def _lose(services: Services, session: Session, agent: Agent) -> None:
    previous, agent.status = agent.status, "unavailable"
    session.flush()
    _tell(services, session, agent, previous)
    tasks.take_away(services, session, agent)


def _tell(services: Services, session: Session, agent: Agent, previous: str) -> None:
    if agent.status != previous and agent.customer_id is not None:
        payload = {"agent_id": agent.id, "agent_type": agent.agent_type, "status": agent.status, "previous": None if previous == "new" else previous}
        services.events.publish(session, agent.customer_id, "agent_status_changed", "orchestrator", payload)
