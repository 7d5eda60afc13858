"""The four agents that run in the platform itself: their registration, and the work that is routed to them."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from support.platform import ids
from support.platform.database import after_commit
from support.platform.orchestrator.schemas import TaskResult
from support.platform.problems import Refusal
from support.platform.services import Services
from support.platform.tables import Agent, Task
from support.platform.vocabulary import AgentType, RecommendationType

HOSTNAME = "optiinfra"
VERSION = "1.0.0"

ADVICE: dict[AgentType, tuple[RecommendationType, ...]] = {
    "cost": ("spot_migration", "reserved_instance", "idle_termination"),
    "performance": ("kv_cache_tuning", "stay_on_demand"),
    "resource": ("rightsizing", "workload_placement", "batch_tuning"),
    "application": ("quantization",),
}
"""What each agent can recommend."""


def capabilities(agent_type: AgentType) -> list[str]:
    """The agent's own word, the word for its analysis, and what it can recommend."""
    return [agent_type, f"{agent_type}_analysis", *ADVICE[agent_type]]


def ensure_registered(services: Services) -> None:
    """Registers the built-in agents, once for all starts."""
    now = services.clock.now()
    with services.database.session() as session:
        there = {agent.agent_type: agent for agent in session.scalars(select(Agent).where(Agent.customer_id.is_(None)))}
        for agent_type in ADVICE:
            agent = there.get(agent_type)
            if agent is None:
                agent = Agent(id=ids.new_id("agt"), customer_id=None, agent_type=agent_type, hostname=HOSTNAME, load=Decimal(0), registered_at=now)
                session.add(agent)
            agent.version, agent.capabilities, agent.status, agent.last_heartbeat = VERSION, capabilities(agent_type), "active", now


def begin(services: Services, session: Session, task_id: str, agent_type: AgentType) -> None:
    """Starts the work as a job once the caller's transaction is durable."""
    after_commit(session, lambda: services.jobs.run(f"task {task_id}", lambda: _work(services, task_id, agent_type)))


def _work(services: Services, task_id: str, agent_type: AgentType) -> None:
    """Does the analysis; whatever happens, the task ends with what happened."""
    from botocore.exceptions import BotoCoreError, ClientError

    from support.platform.agents.service import AnalysisFailed, run_analysis
    from support.platform.cloud import AccountUnreachable
    from support.platform.network import Unreachable

    with services.database.reading() as session:
        customer_id = session.get_one(Task, task_id).customer_id
    result = TaskResult(status="failed", error="the agent broke down; the platform's log says why")
    try:
        run_analysis(services, customer_id, agent_type, "request")
        result = TaskResult(status="completed")
    except (AccountUnreachable, AnalysisFailed, BotoCoreError, ClientError, Unreachable, Refusal) as error:
        result = TaskResult(status="failed", error=str(error)[:2000] or type(error).__name__)
    finally:
        _report(services, task_id, result)


def _report(services: Services, task_id: str, result: TaskResult) -> None:
    from support.platform.orchestrator.tasks import UNFINISHED, finish

    with services.database.reading() as session:
        unfinished = session.get_one(Task, task_id).status in UNFINISHED
    if unfinished:
        finish(services, "system", task_id, result)
