"""The orchestrator's registry of agents and the work that it routes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from support import words
from support.drivers.api.answer import Nothing, Record, Refused
from support.drivers.api.transport import Caller, Request, Transport


@dataclass(frozen=True)
class Description:
    """What an agent says of itself when it registers."""

    agent_type: str
    hostname: str
    capabilities: tuple[str, ...]
    version: str = "1.0.0"

    def __str__(self) -> str:
        return f"{self.agent_type} agent {self.version} on {self.hostname}, capable of {', '.join(self.capabilities) or 'nothing'}"


@dataclass(frozen=True)
class Hired:
    """An agent that has reported for work: who it is, and the token with which it speaks."""

    agent_id: str
    description: Description
    caller: Caller


class AgentRegistered(Record):
    registered: Literal[True]
    agent_id: str
    heartbeat_seconds: int


class HeartbeatTaken(Record):
    agent_id: str
    status: words.AgentStatus


class Agent(Record):
    agent_id: str
    agent_type: words.AgentType
    version: str
    capabilities: tuple[str, ...]
    hostname: str
    status: words.AgentStatus
    current_tasks: int
    load: Decimal
    last_heartbeat: datetime | None = None


class AgentList(Record):
    agents: tuple[Agent, ...]


class Routed(Record):
    routed_to_agent: str
    task_id: str


class Task(Record):
    id: str
    customer_id: str
    analysis_type: str
    agent_id: str | None = None
    status: Literal["pending", "running", "completed", "failed"]
    error: str | None = None
    created_at: datetime
    deadline: datetime | None = None


class TaskList(Record):
    tasks: tuple[Task, ...]


class Agents:
    """The agents that the orchestrator knows."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def register(self, agent_type: str, capabilities: Sequence[str], hostname: str, version: str = "1.0.0") -> AgentRegistered | Refused:
        """An agent reports for work."""
        body = {"agent_type": agent_type, "version": version, "capabilities": list(capabilities), "hostname": hostname}
        return await self._transport.ask(AgentRegistered, Request("POST", "/orchestrator/agents/register", body=body))

    async def beat(self, agent_id: str, status: words.AgentStatus, current_tasks: int, load: Decimal) -> HeartbeatTaken | Refused:
        """An agent says that it is alive, and how busy."""
        body = {"status": status, "current_tasks": current_tasks, "load": str(load)}
        return await self._transport.ask(HeartbeatTaken, Request("POST", "/orchestrator/agents/{}/heartbeat", (agent_id,), body))

    async def listed(self) -> tuple[Agent, ...]:
        """Every agent that the caller may see."""
        return (await self._transport.get(AgentList, Request("GET", "/orchestrator/agents"))).agents

    async def leave(self, agent_id: str) -> Nothing | Refused:
        """An agent goes, its unfinished work stays."""
        return await self._transport.ask(Nothing, Request("POST", "/orchestrator/agents/{}/leave", (agent_id,)))

    async def route(self, customer_id: str, analysis_type: str, time_limit_seconds: int = 30) -> Routed | Refused:
        """Asks for work that some agent must be able to do, within its time limit by the customer's time."""
        body = {"customer_id": customer_id, "analysis_type": analysis_type, "time_limit_seconds": time_limit_seconds}
        return await self._transport.ask(Routed, Request("POST", "/orchestrator/analyze", body=body))

    async def task(self, task_id: str) -> Task:
        """A piece of routed work as it is now."""
        return await self._transport.get(Task, Request("GET", "/orchestrator/tasks/{}", (task_id,)))

    async def tasks_of(self, agent_id: str) -> tuple[Task, ...]:
        """An agent's inbox."""
        return (await self._transport.get(TaskList, Request("GET", "/orchestrator/agents/{}/tasks", (agent_id,)))).tasks

    async def report(self, task_id: str, status: Literal["completed", "failed"], error: str | None = None) -> Nothing | Refused:
        """An agent reports how its work ended."""
        body = {"status": status} if error is None else {"status": status, "error": error}
        return await self._transport.ask(Nothing, Request("POST", "/orchestrator/tasks/{}/result", (task_id,), body))
