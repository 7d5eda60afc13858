"""Agents of a customer's own: how they report for work, and what must be true of them then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

from support.deeds.proposing import runtime_of
from support.drivers.api.agents import Agent, AgentRegistered, Description, Hired, Routed, Task
from support.drivers.api.answer import Refused, accepted
from support.drivers.api.platform import Platform
from support.drivers.events import Timeline
from support.drivers.time import ControlledClock
from support.expectation import expect
from support.story import Customer, Story
from support.words import AgentStatus

HEARTBEAT = timedelta(seconds=30)
BUILT_IN_HOST = "optiinfra"
"""Where the agents run that OptiInfra brings."""


async def hire(platform: Platform, customer: Customer, description: Description) -> Hired:
    """A registered agent of the customer."""
    agents = await runtime_of(platform, customer)
    return Hired(accepted(await _asked(agents, description)).agent_id, description, agents.caller)


async def apply(platform: Platform, story: Story, description: Description) -> AgentRegistered | Refused:
    """What the orchestrator answers to an agent that reports for work; where it takes the agent, the story is about it from now on."""
    agents = await runtime_of(platform, story.customer)
    answer = await _asked(agents, description)
    if isinstance(answer, AgentRegistered):
        story.employ(Hired(answer.agent_id, description, agents.caller))
    return answer


async def beat(platform: Platform, agent: Hired, busy: tuple[AgentStatus, int, Decimal] = ("active", 0, Decimal(0))) -> object:
    """One heartbeat: status, current tasks and load from 0 to 1."""
    return await platform.acting_as(agent.caller).agents.beat(agent.agent_id, *busy)


async def beat_for(platform: Platform, agent: Hired, length: timedelta, clock: ControlledClock) -> None:
    """That much time passes, and the agent is heard in each of its heartbeat periods."""
    for _ in range(length // HEARTBEAT):
        await clock.advance(HEARTBEAT)
        accepted(await beat(platform, agent))


async def in_registry(platform: Platform, agent_id: str) -> Agent:
    """The agent as the customer sees it; AssertionError when the registry does not know it."""
    listed = [agent for agent in await platform.agents.listed() if agent.agent_id == agent_id]
    expect(len(listed) == 1, lambda: f"the registry should show the agent once, but shows it {len(listed)} times")
    return listed[0]


async def own_agents(platform: Platform) -> tuple[Agent, ...]:
    """The agents that are the customer's own."""
    return tuple(agent for agent in await platform.agents.listed() if agent.hostname != BUILT_IN_HOST)


def expect_described(seen: Agent, description: Description) -> None:
    """AssertionError when the registry shows something else than what the agent said of itself."""
    shown = Description(seen.agent_type, seen.hostname, seen.capabilities, seen.version)
    expect(shown == description, lambda: f"the registry should show a {description}, but shows a {shown}")


def expect_busy(seen: Agent, status: AgentStatus, tasks: int, load: Decimal) -> None:
    """AssertionError when the registry shows another status, number of tasks or load."""
    expected, shown = f"{status}, {tasks} tasks, load {load:.2f}", f"{seen.status}, {seen.current_tasks} tasks, load {seen.load:.2f}"
    expect(shown == expected, lambda: f"the registry should show the agent as {expected}, but shows {shown}")


def expect_status_told(told: Timeline, agent: Hired, status: AgentStatus) -> None:
    """AssertionError when the last thing that the customer was told of the agent is not this status."""
    heard = [event.payload.get("status") for event in told.of_type("agent_status_changed") if event.payload.get("agent_id") == agent.agent_id]
    expect(heard[-1:] == [status], lambda: f"the customer should be told that the agent is {status}, but was told: {heard or 'nothing'}")


async def expect_with(platform: Platform, task_id: str, agent: Hired) -> None:
    """AssertionError when the work is not with that agent, by the work's own record and by the agent's inbox."""
    work = await platform.agents.task(task_id)
    inbox = [each.id for each in await platform.acting_as(agent.caller).agents.tasks_of(agent.agent_id)]
    seen = f"it is {work.status} at {work.agent_id or 'nobody'}, and that agent's inbox holds {inbox or 'nothing'}"
    with_it = work.status == "running" and work.agent_id == agent.agent_id and inbox.count(task_id) == 1
    expect(with_it, lambda: f"the work should be with the agent on {agent.description.hostname} ({agent.agent_id}), but {seen}")


async def expect_with_built_in(platform: Platform, routed: Routed, agent_type: str) -> None:
    """AssertionError when the work did not go to that one of the agents that OptiInfra brings."""
    seen = await in_registry(platform, routed.routed_to_agent)
    who = f"the {seen.agent_type} agent on {seen.hostname}"
    own = seen.hostname == BUILT_IN_HOST and seen.agent_type == agent_type
    expect(own, lambda: f"the work should go to OptiInfra's own {agent_type} agent, but it went to {who}")


def expect_ended(work: Task, status: str, error: str = "") -> None:
    """AssertionError when the work is in another state, or its record does not show that error."""
    as_expected = work.status == status and error in (work.error or "") and bool(work.error) == bool(error)
    expect(as_expected, lambda: f"the work should be {status} ({error or 'no error'}), but it is {work.status} ({work.error or 'no error'})")


def expect_one_identity(hired: Sequence[Hired], seen: Sequence[Agent]) -> None:
    """AssertionError when several registrations were not answered with one identity, or the registry knows another agent."""
    given, shown = [agent.agent_id for agent in hired], [agent.agent_id for agent in seen]
    kept = len(given) > 1 and len(set(given)) == 1 and shown == given[:1]
    expect(kept, lambda: f"the agent should keep its identity, but was given {given}, and the registry shows {shown}")


def expect_task_told(told: Timeline, work: Task) -> None:
    """AssertionError when the customer was not told once how the work ended, with the error of its record."""
    heard = [(event.type, event.payload.get("error")) for event in told.events if event.payload.get("task_id") == work.id]
    expected = [(f"task_{work.status}", work.error)]
    expect(heard == expected, lambda: f"the customer should be told {expected}, but was told: {heard or 'nothing'}")


async def expect_idle(platform: Platform, agents: Iterable[Hired], told: Timeline) -> None:
    """AssertionError when one of the agents has work, or the customer was told of any."""
    inboxes = {agent.description.hostname: await platform.acting_as(agent.caller).agents.tasks_of(agent.agent_id) for agent in agents}
    busy = {host: [work.analysis_type for work in inbox] for host, inbox in inboxes.items() if inbox}
    heard = told.of_type("task_completed", "task_failed")
    expect(not busy and not heard, lambda: f"nobody should have been given work, but the inboxes hold {busy} and the customer heard {heard}")


async def _asked(agents: Platform, description: Description) -> AgentRegistered | Refused:
    return await agents.agents.register(description.agent_type, description.capabilities, description.hostname, description.version)
