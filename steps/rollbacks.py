"""Rollbacks: what sets them off, and how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.deeds.changing import ask_for_rollback, begin, begun_to_go_back, ended, expect_step_failed, reached
from support.deeds.comparing import Comparison
from support.deeds.failing import fail_step
from support.deeds.going_back import (
    AFTERWARDS,
    BOOKING,
    PLANNING,
    expect_alarmed,
    expect_asked_nothing_since,
    expect_begun_once,
    expect_nothing_claimed,
    expect_unnoticed,
    taken_back_during,
)
from support.deeds.proving import records_of
from support.drivers.api.platform import Platform
from support.drivers.events import Events
from support.drivers.simulator import Simulator
from support.drivers.time import ControlledClock
from support.gherkin import given, then, when
from support.patience import Patience
from support.story import Story
from support.witness.state import expect_same_records

if TYPE_CHECKING:
    from support.drivers.records import Records


@given("the cloud is about to fail OptiInfra at the step {migration_step}")
async def step_to_fail(story: Story, comparison: Comparison, simulator: Simulator, clock: ControlledClock, step: str) -> None:
    """By a refusal, by wrong answers or by its prices; until then all goes well."""
    await comparison.keep_fleet()
    await fail_step(simulator, story.customer, step, await clock.now())


@given("the migration has come to its step {migration_step}")
async def step_come_to(story: Story, platform: Platform, comparison: Comparison, patience: Patience, step: str) -> None:
    """The customer has approved, and that step is under way."""
    await comparison.keep_fleet()
    story.optimization = await reached(platform, await begin(platform, story.recommendation), step, patience.migration)


@given("what OptiInfra keeps of the fleet is noted")
async def records_noted(story: Story, records: Records) -> None:
    """As it lies in the database."""
    story.noted = await records_of(records, story.customer)


@given("the change is on its way back")
async def going_back(story: Story, platform: Platform, simulator: Simulator, patience: Patience) -> None:
    """The customer has asked for it, and a cloud that is slow to obey lets time pass meanwhile."""
    await simulator.break_cloud(story.customer.account, "ec2", "TerminateInstances", "throttle", times=3)
    story.optimization = await begun_to_go_back(platform, story.change_id, patience.rollback)


@given("the customer has taken the change back")
async def taken_back(story: Story, platform: Platform, patience: Patience) -> None:
    """It was asked for, and it is done."""
    await ask_for_rollback(platform, story.change_id)
    story.optimization = await ended(platform, story.change_id, "rolled_back", patience.rollback)


@given("the cloud lets OptiInfra end no node any more")
async def endings_refused(story: Story, simulator: Simulator) -> None:
    """The role may no longer do it, from now on and for good."""
    await simulator.break_cloud(story.customer.account, "ec2", "TerminateInstances", "access_denied")


@given("the cloud lets OptiInfra move no traffic any more")
async def shifts_refused(story: Story, simulator: Simulator) -> None:
    """The role may no longer do it, from now on and for good."""
    await simulator.break_cloud(story.customer.account, "elbv2", "ModifyListener", "access_denied")


@when("the customer asks for a rollback")
async def rollback_asked(story: Story, platform: Platform, simulator: Simulator) -> None:
    """Of the change that the scenario is about."""
    story.calls = await simulator.calls(story.customer.account)
    story.outcome = await platform.optimizations.roll_back(story.change_id, "we changed our mind")


@when("the customer asks for a rollback while the migration is being planned")
async def rollback_asked_early(story: Story, platform: Platform, comparison: Comparison, simulator: Simulator, patience: Patience) -> None:
    """The customer has approved; OptiInfra looks at the fleet, and has decided nothing yet."""
    await comparison.keep_fleet()
    story.optimization = await taken_back_during(PLANNING, platform, simulator, story, patience.migration)


@when("the customer asks for a rollback while the migration's saving is worked out")
async def rollback_asked_late(story: Story, platform: Platform, comparison: Comparison, simulator: Simulator, patience: Patience) -> None:
    """Every step has been taken; OptiInfra looks at what the new nodes cost, and has booked nothing yet."""
    await comparison.keep_fleet()
    story.optimization = await taken_back_during(BOOKING, platform, simulator, story, patience.migration)


@then("the customer is told that the step {migration_step} failed, and why")
async def failed_step_told(story: Story, events: Events, step: str) -> None:
    """Live, in the words that are on record."""
    expect_step_failed(await events.of(story.customer.id, story.customer.owner), story.optimization, step)


@then("what OptiInfra keeps of the fleet is what it was before")
async def records_as_before(story: Story, records: Records) -> None:
    """Instances, deployments, settings, savings, and who works on what."""
    expect_same_records(story.noted, await records_of(records, story.customer))


@then("no request was lost on the way back", verifies="REQ-RBK-006")
async def nobody_noticed(story: Story, events: Events, clock: ControlledClock) -> None:
    """By what the users themselves have seen from the trigger until a minute after the end."""
    await clock.advance(AFTERWARDS)
    expect_unnoticed(story.users, await events.of(story.customer.id, story.customer.owner), story.optimization)


@then("the rollback was begun and told once")
async def begun_once(story: Story, events: Events) -> None:
    """However often it was asked for."""
    expect_begun_once(await events.of(story.customer.id, story.customer.owner), story.optimization)


@then("nothing more was asked of the cloud")
async def cloud_left_alone(story: Story, simulator: Simulator, clock: ControlledClock) -> None:
    """OptiInfra has looked at most."""
    await clock.settled()
    expect_asked_nothing_since(story.calls, await simulator.calls(story.customer.account))


@then("the customer is alarmed by a rollback that could not be completed")
async def customer_alarmed(story: Story, platform: Platform, events: Events) -> None:
    """Live, and where the customer looks later."""
    told = await events.of(story.customer.id, story.customer.owner)
    expect_alarmed(told, await platform.portal.alerts(story.customer.id), story.optimization)


@then("nothing is claimed to be restored")
async def nothing_claimed(story: Story, platform: Platform, events: Events) -> None:
    """Neither by the change's result nor by what the customer was told."""
    expect_nothing_claimed(await platform.optimizations.get(story.change_id), await events.of(story.customer.id, story.customer.owner))
