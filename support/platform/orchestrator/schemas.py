"""What is sent to and answered by the registry of agents and the work that it routes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from support.platform.identity.schemas import Name
from support.platform.values import Answer, Ask, Moment, Ratio
from support.platform.vocabulary import AgentStatus, AgentType, TaskStatus

HEARTBEAT_SECONDS = 30
DEFAULT_LIMIT_SECONDS = 30
LONGEST_LIMIT_SECONDS = 300

Capability = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
"""A word for a kind of work; what is asked for must be a word that an agent has registered."""


class Register(Ask):
    """An agent reports for work."""

    agent_type: AgentType
    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.+-]{1,64}$")]
    capabilities: Annotated[list[Capability], Field(min_length=1, max_length=64)]
    hostname: Name


class Registered(Answer):
    """The agent's identity, the same for the same host and type."""

    registered: Literal[True] = True
    agent_id: str
    heartbeat_seconds: int = HEARTBEAT_SECONDS


class Heartbeat(Ask):
    """A sign of life. `load` from 0 (idle) to 1 (full)."""

    status: Literal["active", "degraded"]
    current_tasks: Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
    load: Annotated[Ratio, Field(ge=0, le=1, allow_inf_nan=False, max_digits=8)]


class HeartbeatTaken(Answer):
    """What the registry now says of the agent."""

    agent_id: str
    status: AgentStatus


class AgentAnswer(Answer):
    """A registered agent."""

    agent_id: str
    agent_type: AgentType
    version: str
    capabilities: list[str]
    hostname: str
    status: AgentStatus
    current_tasks: int
    load: Ratio
    last_heartbeat: Moment


class Agents(Answer):
    """The agents that the caller may see, in the order of their registration."""

    agents: list[AgentAnswer]


class RouteRequest(Ask):
    """Work that some agent must be able to do, within its time limit in seconds."""

    customer_id: Annotated[str, Field(max_length=64)]
    analysis_type: Capability
    time_limit_seconds: Annotated[int, Field(ge=1, le=LONGEST_LIMIT_SECONDS, strict=True)] = DEFAULT_LIMIT_SECONDS


class Routed(Answer):
    """Who got it."""

    routed_to_agent: str
    task_id: str


class TaskAnswer(Answer):
    """A piece of work: pending while it waits for an agent, running while it is with one."""

    id: str
    customer_id: str
    analysis_type: str
    agent_id: str | None
    status: TaskStatus
    error: str | None
    created_at: Moment
    deadline: Moment
    finished_at: Moment | None


class Tasks(Answer):
    """Unfinished work, oldest first."""

    tasks: list[TaskAnswer]


class TaskResult(Ask):
    """How the work ended; a failure names its error."""

    status: Literal["completed", "failed"]
    error: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")] | None = None

    @model_validator(mode="after")
    def _error_of_failure(self) -> TaskResult:
        if (self.status == "failed") != (self.error is not None):
            raise ValueError("error: must be given for a failure, and only then")
        return self
