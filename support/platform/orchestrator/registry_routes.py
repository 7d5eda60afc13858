"""The registry of agents and its work over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from support.platform import ids
from support.platform.identity.callers import Caller, CallerDep, not_yours, require_customer
from support.platform.identity.roles import Permission
from support.platform.operations import Operation
from support.platform.orchestrator import registry, tasks
from support.platform.orchestrator.schemas import (
    AgentAnswer,
    Agents,
    Heartbeat,
    HeartbeatTaken,
    Register,
    Registered,
    Routed,
    RouteRequest,
    TaskAnswer,
    TaskResult,
    Tasks,
)
from support.platform.problems import not_found
from support.platform.services import Services, ServicesDep
from support.platform.tables import Agent, Task

router = APIRouter(tags=["orchestrator"], route_class=Operation)


@router.post("/orchestrator/agents/register", response_model=Registered, summary="Register an agent")
def register_agent(asked: Register, caller: CallerDep, services: ServicesDep) -> Registered:
    """With an agent token. The same host and type gets the same identity again."""
    caller.require(Permission.RUN_AGENT)
    return Registered(agent_id=registry.register(services, caller, asked))


@router.post("/orchestrator/agents/{agent_id}/heartbeat", response_model=HeartbeatTaken, summary="A sign of life")
def agent_heartbeat(agent_id: str, asked: Heartbeat, caller: CallerDep, services: ServicesDep) -> HeartbeatTaken:
    """Every 30 seconds; after three missed ones the agent is unavailable until it is heard again."""
    caller.require(Permission.RUN_AGENT)
    return HeartbeatTaken(agent_id=agent_id, status=registry.heartbeat(services, caller, agent_id, asked))


@router.post("/orchestrator/agents/{agent_id}/leave", status_code=204, summary="An agent leaves")
def agent_leaves(agent_id: str, caller: CallerDep, services: ServicesDep) -> None:
    """Its unfinished work goes to another."""
    caller.require(Permission.RUN_AGENT)
    registry.leave(services, caller, agent_id)


@router.get("/orchestrator/agents", response_model=Agents, summary="The agents")
def list_agents(caller: CallerDep, services: ServicesDep) -> Agents:
    """The built-in ones and the customer's own; staff sees all."""
    _require_sight(caller)
    with services.database.reading() as session:
        return Agents(agents=[_agent(agent) for agent in registry.visible(session, caller, services.clock.now())])


@router.get("/orchestrator/agents/{agent_id}/tasks", response_model=Tasks, summary="An agent's inbox")
def agent_tasks(agent_id: str, caller: CallerDep, services: ServicesDep) -> Tasks:
    """Its unfinished work, oldest first."""
    caller.require(Permission.RUN_AGENT)
    with services.database.session() as session:
        registry.own(session, caller, agent_id)
        return Tasks(tasks=[TaskAnswer.model_validate(task) for task in tasks.inbox(session, agent_id)])


@router.post("/orchestrator/analyze", status_code=202, response_model=Routed, summary="Route work to an agent")
def route_work(asked: RouteRequest, caller: CallerDep, services: ServicesDep) -> Routed:
    """To an active agent with the capability and the least load. Refused with `no_capable_agent` when there is none."""
    require_customer(services, caller, Permission.ANALYZE, asked.customer_id)
    agent_id, task_id = tasks.route(services, caller.user_id, asked)
    return Routed(routed_to_agent=agent_id, task_id=task_id)


@router.get("/orchestrator/tasks/{task_id}", response_model=TaskAnswer, summary="A piece of work")
def get_task(task_id: str, caller: CallerDep, services: ServicesDep) -> TaskAnswer:
    """As it is now."""
    return TaskAnswer.model_validate(_task(services, caller, task_id, reporting=False))


@router.post("/orchestrator/tasks/{task_id}/result", response_model=TaskAnswer, summary="Report how work ended")
def report_task(task_id: str, asked: TaskResult, caller: CallerDep, services: ServicesDep) -> TaskAnswer:
    """With an agent token. A failure is shown as a failure, with its error."""
    _task(services, caller, task_id, reporting=True)
    tasks.finish(services, caller.user_id, task_id, asked)
    return TaskAnswer.model_validate(_task(services, caller, task_id, reporting=True))


def _require_sight(caller: Caller) -> None:
    if caller.role != "agent":
        caller.require(Permission.READ)


def _agent(agent: Agent) -> AgentAnswer:
    plain = {name: getattr(agent, name) for name in AgentAnswer.model_fields if name != "agent_id"}
    return AgentAnswer.model_validate({"agent_id": agent.id, **plain})


def _task(services: Services, caller: Caller, task_id: str, *, reporting: bool) -> Task:
    """The task, if the caller may see it; to report on it, it must be with an agent of the caller's customer."""
    if not ids.well_formed(task_id, "tsk"):
        raise not_found("task")
    with services.database.reading() as session:
        found = session.get(Task, task_id)
        agent = session.get(Agent, found.agent_id) if found is not None and found.agent_id else None
    permission = Permission.RUN_AGENT if reporting or caller.role == "agent" else Permission.READ
    caller.may(permission, found.customer_id if found else None)
    if found is None or (reporting and (agent is None or agent.customer_id != caller.customer_id)):
        raise not_yours()
    return found
