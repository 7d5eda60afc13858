"""Work: routed to the agent that can do it and has the least to do, moved on when that agent goes, failed when its time is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from support.platform import ids
from support.platform.database import after_commit
from support.platform.locking import lock_again, lock_customer
from support.platform.orchestrator.built_in import begin
from support.platform.orchestrator.schemas import HEARTBEAT_SECONDS, RouteRequest, TaskResult
from support.platform.orchestrator.standing import status_at
from support.platform.problems import Refusal, conflict
from support.platform.services import Services
from support.platform.tables import Agent, Task
from support.platform.vocabulary import AgentType, EventSource, EventType

UNFINISHED = ("pending", "running")


def route(services: Services, user: str, asked: RouteRequest) -> tuple[str, str]:
    """Gives the work to an agent and answers the agent's id and the task's.

    The agent is active and has the capability. A customer's own agents come before the built-in ones; of those the least loaded, then the one
    with the fewest unfinished tasks, then the oldest. Refused with 409 if nobody has the capability, with 503 while all who have it are away.
    """
    now = services.clock.now()
    with services.database.session() as session:
        lock_customer(session, asked.customer_id)
        chosen = _choose(services, session, asked.customer_id, asked.analysis_type)
        if chosen is None:
            raise _nobody(session, asked, now)
        task = Task(
            id=ids.new_id("tsk"),
            customer_id=asked.customer_id,
            analysis_type=asked.analysis_type,
            status="pending",
            created_at=now,
            time_limit_seconds=asked.time_limit_seconds,
            deadline=now + timedelta(seconds=asked.time_limit_seconds),
        )
        session.add(task)
        services.audit.record(
            session, asked.customer_id, user, "work_routed", "task", task.id, {"agent_id": chosen.id, "analysis_type": asked.analysis_type}
        )
        _give(services, session, task, chosen)
        return chosen.id, task.id


def finish(services: Services, user: str, task_id: str, result: TaskResult) -> None:
    """Records how the work ended. The same report again changes nothing; another one is 409, and so is one that comes after the time limit."""
    with services.database.session() as session:
        task = session.get_one(Task, task_id)
        lock_again(session, task)
        if task.status in UNFINISHED:
            _end(services, session, task, user, result)
        elif (task.status, task.error) != (result.status, result.error):
            raise conflict("task_finished", f"The task is {task.status} already.")


def expire(services: Services, task_id: str) -> None:
    """Fails the task if its time is over and it is not finished."""
    with services.database.session() as session:
        task = session.get_one(Task, task_id)
        lock_again(session, task)
        if task.status not in UNFINISHED or task.deadline > services.clock.now():
            return
        why = "the agent did not finish" if task.agent_id else "no agent that can do it came back"
        _end(services, session, task, "system", TaskResult(status="failed", error=f"{why} within the time limit of {task.time_limit_seconds} s"))


def take_away(services: Services, session: Session, agent: Agent) -> None:
    """The agent is gone: each of its unfinished tasks goes to another, with its whole time limit again, or waits for one."""
    for task in session.scalars(select(Task).where(Task.agent_id == agent.id, Task.status.in_(UNFINISHED)).order_by(Task.created_at, Task.id)):
        task.agent_id, task.status = None, "pending"
        task.deadline = services.clock.now() + timedelta(seconds=task.time_limit_seconds)
        _watch(services, session, task)
        _place(services, session, task)


def place_waiting(services: Services, session: Session, customer_id: str) -> None:
    """An agent has come: work that waits for one is placed, if it can."""
    session.flush()
    waiting = (
        select(Task).where(Task.customer_id == customer_id, Task.status == "pending", Task.agent_id.is_(None)).order_by(Task.created_at, Task.id)
    )
    for task in session.scalars(waiting):
        _place(services, session, task)


def inbox(session: Session, agent_id: str) -> Sequence[Task]:
    """The agent's unfinished work, oldest first."""
    return session.scalars(select(Task).where(Task.agent_id == agent_id, Task.status.in_(UNFINISHED)).order_by(Task.created_at, Task.id)).all()


def resume(services: Services) -> None:
    """After a start: time limits are watched again, and built-in agents take up what a stop has interrupted."""
    with services.database.session() as session:
        for task in session.scalars(select(Task).where(Task.status.in_(UNFINISHED))):
            _watch(services, session, task)
            agent = session.get(Agent, task.agent_id) if task.agent_id else None
            if agent is not None and agent.customer_id is None:
                begin(services, session, task.id, cast("AgentType", agent.agent_type))


def _place(services: Services, session: Session, task: Task) -> None:
    chosen = _choose(services, session, task.customer_id, task.analysis_type)
    if chosen is not None:
        details = {"agent_id": chosen.id, "analysis_type": task.analysis_type}
        services.audit.record(session, task.customer_id, "system", "work_moved", "task", task.id, details)
        _give(services, session, task, chosen)


def _choose(services: Services, session: Session, customer_id: str, capability: str) -> Agent | None:
    now = services.clock.now()
    capable = [agent for agent in _registered(session, customer_id, capability) if status_at(agent, now) == "active"]
    waiting = select(Task.agent_id, func.count().label("tasks")).where(Task.status.in_(UNFINISHED)).group_by(Task.agent_id)
    unfinished = Counter({row.agent_id: row.tasks for row in session.execute(waiting)})
    return min(capable, key=lambda agent: (agent.customer_id is None, agent.load, unfinished[agent.id], agent.registered_at, agent.id), default=None)


def _registered(session: Session, customer_id: str, capability: str) -> list[Agent]:
    wanted = select(Agent).where(Agent.left_at.is_(None), or_(Agent.customer_id == customer_id, Agent.customer_id.is_(None)))
    return [agent for agent in session.scalars(wanted) if capability in agent.capabilities]


def _nobody(session: Session, asked: RouteRequest, now: datetime) -> Refusal:
    found = {status_at(agent, now) for agent in _registered(session, asked.customer_id, asked.analysis_type)}
    if found:
        detail = f"Every agent with the capability {asked.analysis_type} is {' or '.join(sorted(found))}."
        return Refusal(503, "no_capable_agent", detail, retry_after=HEARTBEAT_SECONDS)
    return conflict("no_capable_agent", f"No registered agent has the capability {asked.analysis_type}.")


def _give(services: Services, session: Session, task: Task, agent: Agent) -> None:
    task.agent_id, task.status, task.started_at = agent.id, "running", services.clock.now()
    session.flush()
    _watch(services, session, task)
    if agent.customer_id is None:
        begin(services, session, task.id, cast("AgentType", agent.agent_type))


def _watch(services: Services, session: Session, task: Task) -> None:
    task_id, deadline = task.id, task.deadline
    after_commit(session, lambda: services.clock.call_at(deadline, lambda: expire(services, task_id), f"time limit of {task_id}"))


def _end(services: Services, session: Session, task: Task, user: str, result: TaskResult) -> None:
    task.status, task.error, task.finished_at = result.status, result.error, services.clock.now()
    agent = session.get(Agent, task.agent_id) if task.agent_id else None
    details = {"task_id": task.id, "analysis_type": task.analysis_type, "agent_id": task.agent_id, "status": task.status, "error": task.error}
    services.audit.record(session, task.customer_id, user, f"task_{result.status}", "task", task.id, details)
    event: EventType = "task_completed" if result.status == "completed" else "task_failed"
    source = cast("EventSource", agent.agent_type if agent else "orchestrator")
    services.events.publish(session, task.customer_id, event, source, details)
