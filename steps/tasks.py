"""Tasks: work that the orchestrator gives to agents, and what becomes of it."""

from __future__ import annotations

from support.deeds.hiring import expect_ended, expect_idle, expect_task_told, expect_with, expect_with_built_in
from support.drivers.api.agents import Routed
from support.drivers.api.answer import accepted
from support.drivers.api.platform import Platform
from support.drivers.events import Events
from support.drivers.time import ControlledClock
from support.gherkin import given, then, when
from support.story import Story
from support.vocabulary import Duration

LONGEST_LIMIT = 300
"""Seconds: as much time as a request may be given."""


@given("the agent works on the customer's request for {string}")
async def work_begun(story: Story, platform: Platform, capability: str) -> None:
    """Asked for with the usual time limit, and given to some agent."""
    story.task = accepted(await platform.agents.route(story.customer.id, capability)).task_id


@given("the agent works on a long request for {string}")
async def long_work_begun(story: Story, platform: Platform, capability: str) -> None:
    """With as much time as a request may be given."""
    story.task = accepted(await platform.agents.route(story.customer.id, capability, LONGEST_LIMIT)).task_id


@given("the agent on {string} has finished the work")
async def work_finished(story: Story, platform: Platform, host: str) -> None:
    """It has reported success."""
    accepted(await platform.acting_as(story.agent_on(host).caller).agents.report(story.task, "completed"))


@given("the work has outlasted its time limit")
async def work_overdue(clock: ControlledClock) -> None:
    """Nobody has finished it within the usual 30 seconds."""
    await clock.advance(Duration(seconds=30))


@when("the customer asks for {string}")
async def work_asked_for(story: Story, platform: Platform, capability: str) -> None:
    """With the usual time limit."""
    story.outcome = await platform.agents.route(story.customer.id, capability)


@when("the agent reports the work as failed because {string}")
async def failure_reported(story: Story, platform: Platform, error: str) -> None:
    """In the agent's own words."""
    story.outcome = await platform.acting_as(story.agent.caller).agents.report(story.task, "failed", error)


@when("the agent on {string} reports the work as done")
async def success_reported(story: Story, platform: Platform, host: str) -> None:
    """As if nothing had happened."""
    story.outcome = await platform.acting_as(story.agent_on(host).caller).agents.report(story.task, "completed")


@then("the work is with the agent on {string}")
async def work_placed(story: Story, platform: Platform, host: str) -> None:
    """By the work's own record and by the agent's inbox."""
    await expect_with(platform, story.work_id, story.agent_on(host))


@then("the work is with OptiInfra's own {agent} agent")
async def work_done_at_home(story: Story, platform: Platform, agent: str) -> None:
    """By the registry, in which OptiInfra's own agents stand too."""
    await expect_with_built_in(platform, story.success(Routed), agent)


@then("nobody has been given work")
async def nobody_busy(story: Story, platform: Platform, events: Events) -> None:
    """Every inbox is empty, and the customer was told of no work."""
    await expect_idle(platform, story.hired, await events.of(story.customer.id, story.customer.owner))


@then("the agent on {string} has no work")
async def agent_idle(story: Story, platform: Platform, host: str) -> None:
    """Its inbox is empty."""
    agent = story.agent_on(host)
    inbox = await platform.acting_as(agent.caller).agents.tasks_of(agent.agent_id)
    assert not inbox, f"the agent on {host} should have no work, but its inbox holds: {[work.analysis_type for work in inbox]}"


@then("the work is shown as completed")
async def work_completed(story: Story, platform: Platform) -> None:
    """With no error."""
    expect_ended(await platform.agents.task(story.task), "completed")


@then("the work is shown as failed because {string}")
async def work_failed(story: Story, platform: Platform, error: str) -> None:
    """With the error in its record."""
    expect_ended(await platform.agents.task(story.task), "failed", error)


@then("the customer is told that the work has failed")
async def lost_work_told(story: Story, platform: Platform, events: Events) -> None:
    """By the live events, with the error that the work's record shows."""
    expect_task_told(await events.of(story.customer.id, story.customer.owner), await platform.agents.task(story.task))
