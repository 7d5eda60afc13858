"""Clouds: what OptiInfra does in a customer's account, by the cloud's own record."""

from __future__ import annotations

from support.deeds.bending import hold_up, refuse_for
from support.drivers.api.platform import Platform
from support.drivers.cloud import Cloud
from support.drivers.simulator import Simulator
from support.drivers.time import ControlledClock
from support.gherkin import given, then, when
from support.story import Story
from support.vocabulary import CloudAction, Duration
from support.witness.changes import expect_changed_only_after, expect_only_looked


@given("the cloud throttles each kind of change for a minute")
async def changes_held_up(story: Story, simulator: Simulator) -> None:
    """By the customer's time, and only changes that OptiInfra asks for."""
    await hold_up(simulator, story.customer.account)


@given("the cloud throttles {cloud_call} {count} times")
async def calls_throttled(story: Story, simulator: Simulator, call: CloudAction, times: int) -> None:
    """The next so often that OptiInfra asks; after that the cloud answers again."""
    await simulator.break_cloud(story.customer.account, call.service, call.action, "throttle", times)


@given("the cloud loses its answer to {cloud_call}")
async def answer_lost(story: Story, simulator: Simulator, call: CloudAction) -> None:
    """Once: it does what was asked, and OptiInfra does not hear of it."""
    await simulator.break_cloud(story.customer.account, call.service, call.action, "lost_response", times=1)


@when("the cloud has refused all questions for {duration}")
async def questions_refused(story: Story, simulator: Simulator, clock: ControlledClock, length: Duration) -> None:
    """OptiInfra's questions; from then on it answers again."""
    await refuse_for(simulator, clock, story.customer.account, length)


@then("nothing in the customer's cloud has changed")
async def cloud_untouched(story: Story, cloud: Cloud, simulator: Simulator) -> None:
    """OptiInfra has looked, asked for no change, and exactly the customer's own nodes run."""
    account, owned = story.customer.account, [node for each in story.customer.deployments for node in each.instance_ids]
    expect_only_looked(await simulator.calls(account), await cloud.capacity_of(account), owned)


@then("nothing in the customer's cloud had changed before the approval")
async def cloud_untouched_until_approved(story: Story, platform: Platform, simulator: Simulator) -> None:
    """By the cloud's own record, from the moment at which the customer's decision was put on record."""
    decided = await platform.recommendations.get(story.recommendation.id)
    assert decided.decided_at is not None, f"the approval should be on record, but: {decided}"
    expect_changed_only_after(await simulator.calls(story.customer.account), decided.decided_at)


@then("only the nodes that the {agent} agent wanted to end are gone")
async def only_those_gone(story: Story, cloud: Cloud, agent: str) -> None:
    """Exactly the customer's other nodes run."""
    ended = {node for each in story.recommendations if each.agent_type == agent for node in each.affected_resources}
    running = {node.instance_id for node in await cloud.nodes_of(story.customer.account)}
    wanted = {node for each in story.customer.deployments for node in each.instance_ids} - ended
    assert running == wanted, f"exactly {sorted(wanted)} should run, but there run {sorted(running)}"
