"""Agents: those of the customer's own, how they register and how they are heard."""

from __future__ import annotations

from support.deeds.hiring import (
    apply,
    beat,
    beat_for,
    expect_busy,
    expect_described,
    expect_one_identity,
    expect_status_told,
    hire,
    in_registry,
    own_agents,
)
from support.drivers.api.agents import Description
from support.drivers.api.answer import accepted
from support.drivers.api.platform import Platform
from support.drivers.events import Events
from support.drivers.time import ControlledClock
from support.gherkin import given, then, when
from support.story import Story
from support.vocabulary import Duration, Percent
from support.words import AgentStatus


@given("the {agent} agent on {string} is registered for {string}")
async def agent_registered(story: Story, platform: Platform, agent: str, host: str, capability: str) -> None:
    """The customer's own agent, from now on the one that is meant."""
    story.employ(await hire(platform, story.customer, Description(agent, host, (capability,))))


@given("the agent has reported itself {agent_status} with {count} tasks at a load of {percent}")
async def agent_heard(story: Story, platform: Platform, status: AgentStatus, tasks: int, load: Percent) -> None:
    """Its last heartbeat."""
    accepted(await beat(platform, story.agent, (status, tasks, load.ratio)))


@given("the agent has been silent for {duration}")
async def agent_silent(clock: ControlledClock, silence: Duration) -> None:
    """Nothing was heard of it since its last heartbeat."""
    await clock.advance(silence)


@given("the agent on {string} has left")
async def agent_gone(story: Story, platform: Platform, host: str) -> None:
    """It has said goodbye."""
    accepted(await platform.acting_as(story.agent_on(host).caller).agents.leave(story.agent_on(host).agent_id))


@when("a {agent} agent of version {string} registers on host {string} for {string}")
async def agent_applied(story: Story, platform: Platform, agent: str, version: str, host: str, capability: str) -> None:
    """An agent reports for work."""
    story.outcome = await apply(platform, story, Description(agent, host, (capability,), version))


@when("an agent of the type {string} registers on host {string} for {string}")
async def stranger_applied(story: Story, platform: Platform, kind: str, host: str, capability: str) -> None:
    """An agent of a type that may be no type."""
    story.outcome = await apply(platform, story, Description(kind, host, (capability,)))


@when("a {agent} agent registers on host {string} without any capability")
async def useless_agent_applied(story: Story, platform: Platform, agent: str, host: str) -> None:
    """An agent that names nothing that it can do."""
    story.outcome = await apply(platform, story, Description(agent, host, ()))


@when("the agent reports itself {agent_status} with {count} tasks at a load of {percent}")
async def agent_reported(story: Story, platform: Platform, status: AgentStatus, tasks: int, load: Percent) -> None:
    """A heartbeat."""
    story.outcome = await beat(platform, story.agent, (status, tasks, load.ratio))


@when("the agent is silent for {duration}")
async def silence_kept(clock: ControlledClock, silence: Duration) -> None:
    """No heartbeat comes."""
    await clock.advance(silence)


@when("only the agent on {string} is heard for {duration}")
async def only_one_heard(story: Story, platform: Platform, clock: ControlledClock, host: str, length: Duration) -> None:
    """Its heartbeats come in every period, those of all others do not."""
    await beat_for(platform, story.agent_on(host), length, clock)


@when("the agent on {string} leaves")
async def agent_left(story: Story, platform: Platform, host: str) -> None:
    """It says goodbye."""
    leaving = story.agent_on(host)
    story.outcome = await platform.acting_as(leaving.caller).agents.leave(leaving.agent_id)


@then("the registry shows it with its type, version, capabilities and host")
async def agent_as_described(story: Story, platform: Platform) -> None:
    """As the agent described itself when it registered last."""
    expect_described(await in_registry(platform, story.agent.agent_id), story.agent.description)


@then("the registry shows it {agent_status} with {count} tasks at a load of {percent}")
async def agent_as_busy(story: Story, platform: Platform, status: AgentStatus, tasks: int, load: Percent) -> None:
    """As the last accepted heartbeat said."""
    expect_busy(await in_registry(platform, story.agent.agent_id), status, tasks, load.ratio)


@then("the agent is {agent_status}")
async def agent_in_state(story: Story, platform: Platform, status: AgentStatus) -> None:
    """As the customer sees it in the registry."""
    seen = await in_registry(platform, story.agent.agent_id)
    assert seen.status == status, f"the agent should be {status}, but the registry shows it {seen.status}"


@then("the customer is told that the agent is {agent_status}")
async def agent_status_told(story: Story, events: Events, status: AgentStatus) -> None:
    """By the live events."""
    expect_status_told(await events.of(story.customer.id, story.customer.owner), story.agent, status)


@then("it has the identity that it had before")
async def identity_kept(story: Story, platform: Platform) -> None:
    """Each registration has been answered with one identity, and the registry knows no other."""
    expect_one_identity(story.hired, await own_agents(platform))


@then("the customer has {count} agent/agents")
async def agents_counted(story: Story, platform: Platform, count: int) -> None:
    """Of its own, beside those that OptiInfra brings."""
    seen = await own_agents(platform)
    assert len(seen) == count, f"{story.customer.name} should have {count} agents of its own, but has: {[agent.hostname for agent in seen]}"
