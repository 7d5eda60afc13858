"""Defects of how work is given to agents, and of what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from support.sabotage.agents import agents_of
from support.sabotage.breaking import Broken, instead_of
from support.sabotage.registry import defect, patch

TASKS = "support.platform.orchestrator.tasks"


@defect("REQ-AGT-006", "work goes to any agent of the customer's")
def capability_not_asked_for() -> None:
    @instead_of(f"{TASKS}:_registered")
    def anybody(_registered: Broken, session: Any, customer_id: str, _capability: str) -> Any:
        from sqlalchemy import or_, select

        from support.platform.tables import Agent

        mine = or_(Agent.customer_id == customer_id, Agent.customer_id.is_(None))
        return list(session.scalars(select(Agent).where(Agent.left_at.is_(None), mine)))


@defect("REQ-AGT-006", "work goes to agents of other customers too")
def agents_are_shared() -> None:
    @instead_of(f"{TASKS}:_registered")
    def everybody(_registered: Broken, session: Any, _customer_id: str, capability: str) -> Any:
        from sqlalchemy import select

        from support.platform.tables import Agent

        return [agent for agent in session.scalars(select(Agent).where(Agent.left_at.is_(None))) if capability in agent.capabilities]


@defect("REQ-AGT-006", "an agent of the customer's that can do something else comes before the one that can do it")
def others_come_first() -> None:
    @instead_of(f"{TASKS}:_choose")
    def contrary(choose: Broken, services: Any, session: Any, customer_id: str, capability: str) -> Any:
        mine = [agent for agent in agents_of(session, customer_id) if capability not in agent.capabilities]
        return mine[0] if mine else choose(services, session, customer_id, capability)


@defect("REQ-AGT-007", "the least loaded agent gets the work, whatever it can do")
def idle_hands_first() -> None:
    @instead_of(f"{TASKS}:_choose")
    def blind(choose: Broken, services: Any, session: Any, customer_id: str, capability: str) -> Any:
        mine = [agent for agent in agents_of(session, customer_id) if agent.status == "active"]
        return min(mine, key=lambda agent: agent.load) if mine else choose(services, session, customer_id, capability)


@defect("REQ-AGT-007", "the oldest agent gets all of the work")
def oldest_first() -> None:
    _choose_by(lambda agent: agent.registered_at)


@defect("REQ-AGT-007", "the busiest agent gets the work")
def busiest_first() -> None:
    _choose_by(lambda agent: -agent.load)


def _choose_by(key: Callable[[Any], Any]) -> None:
    @instead_of(f"{TASKS}:_choose")
    def other(choose: Broken, services: Any, session: Any, customer_id: str, capability: str) -> Any:
        from support.platform.orchestrator.tasks import _registered

        capable = [agent for agent in _registered(session, customer_id, capability) if agent.customer_id and agent.status == "active"]
        return min(capable, key=key) if capable else choose(services, session, customer_id, capability)


@defect("REQ-AGT-008", "work that nobody can do is given to somebody")
def somebody_can_do_it() -> None:
    @instead_of(f"{TASKS}:_choose")
    def generous(choose: Broken, services: Any, session: Any, customer_id: str, capability: str) -> Any:
        return choose(services, session, customer_id, capability) or choose(services, session, customer_id, "cost")


@defect("REQ-AGT-008", "the refusal does not say why")
def refusal_without_reason() -> None:
    @instead_of(f"{TASKS}:_nobody")
    def curt(refusal: Broken, *asked: Any) -> Any:
        refused = refusal(*asked)
        refused.document.detail = "This cannot be done."
        return refused


@defect("REQ-AGT-010", "unfinished work leaves with the agent")
def work_leaves_too() -> None:
    patch(f"{TASKS}:take_away", lambda _: lambda *_arguments: None)


@defect("REQ-AGT-010", "work that waits is not placed when somebody comes")
def waiting_work_forgotten() -> None:
    patch(f"{TASKS}:place_waiting", lambda _: lambda *_arguments: None)


@defect("REQ-AGT-010", "finished work is done once more when its agent leaves")
def finished_work_moves() -> None:
    @instead_of(f"{TASKS}:take_away")
    def thorough(take_away: Broken, services: Any, session: Any, agent: Any) -> None:
        from sqlalchemy import update

        from support.platform.tables import Task

        session.execute(update(Task).where(Task.agent_id == agent.id).values(status="running"))
        take_away(services, session, agent)


@defect("REQ-AGT-011", "work that failed is shown as completed")
def failure_whitewashed() -> None:
    @instead_of(f"{TASKS}:finish")
    def rosy(finish: Broken, services: Any, user: str, task_id: str, result: Any) -> Any:
        return finish(services, user, task_id, result.model_copy(update={"status": "completed", "error": None}))


@defect("REQ-AGT-011", "work may take as long as it likes")
def time_limit_ignored() -> None:
    patch(f"{TASKS}:expire", lambda _: lambda *_arguments: None)


@defect("REQ-AGT-011", "work fails five seconds before its time limit")
def time_limit_shortened() -> None:
    def broken(route: Broken) -> Broken:
        return lambda services, user, asked: route(services, user, asked.model_copy(update={"time_limit_seconds": asked.time_limit_seconds - 5}))

    patch(f"{TASKS}:route", broken)
