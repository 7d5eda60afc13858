"""Optimizations: approved changes, how they go and how they end."""

from __future__ import annotations

from support.deeds.changing import begin, carried_out, ended, expect_completed_within, expect_rolled_back_within, expect_told_live, lifetime
from support.deeds.comparing import Comparison
from support.deeds.parts import tuning_of
from support.drivers.api.platform import Platform
from support.drivers.events import Events
from support.drivers.simulator import Simulator
from support.gherkin import given, then, when
from support.patience import Patience
from support.story import Story
from support.vocabulary import Duration, Percent
from support.witness.rollout import expect_no_step_after_failure, expect_seen_in_step, expect_seven_steps
from support.words import OptimizationStatus


@given("the fleet has moved to spot")
async def fleet_moved(story: Story, platform: Platform, comparison: Comparison, patience: Patience) -> None:
    """The customer has approved the recommendation, and its migration has completed."""
    await comparison.keep_fleet()
    story.optimization = await carried_out(platform, story.recommendation, patience.migration)


@given("the engine of its models has been tuned on advice")
async def engine_tuned(story: Story, platform: Platform, comparison: Comparison, patience: Patience) -> None:
    """The customer's own performance agent has recommended it, the customer has approved, and it is done."""
    await comparison.keep_fleet()
    story.optimization = await carried_out(platform, await tuning_of(platform, story.customer), patience.migration)


@given("the fleet was moved back because of its quality")
async def fleet_moved_back(story: Story, platform: Platform, simulator: Simulator, patience: Patience) -> None:
    """Its migration had begun, answers on spot were wrong, and the migration was taken back."""
    change_id = await begin(platform, story.recommendation)
    await simulator.bend_deployment(story.customer.account, story.customer.deployment.name, accuracy="0.900", on={"lifecycle": "spot"})
    story.optimization = await ended(platform, change_id, "rolled_back", patience.migration)


@when("quality on spot falls below the customer's floor")
async def quality_below_floor(story: Story, simulator: Simulator) -> None:
    """Every tenth known question is answered wrongly on spot."""
    await simulator.bend_deployment(story.customer.account, story.customer.deployment.name, accuracy="0.900", on={"lifecycle": "spot"})


@when("quality on spot falls to {percent} of the baseline")
async def quality_fallen(story: Story, simulator: Simulator, share: Percent) -> None:
    """That share of the known questions is answered right on spot, of all that were before."""
    await simulator.bend_deployment(story.customer.account, story.customer.deployment.name, accuracy=f"{share.ratio:.3f}", on={"lifecycle": "spot"})


@when("quality of the whole fleet falls to {percent} of the baseline")
async def quality_fallen_everywhere(story: Story, simulator: Simulator, share: Percent) -> None:
    """That share of the known questions is answered right on every node, of all that were before."""
    await simulator.bend_deployment(story.customer.account, story.customer.deployment.name, accuracy=f"{share.ratio:.3f}")


@when("the cloud has no more spot capacity")
async def spot_capacity_gone(story: Story, simulator: Simulator) -> None:
    """Every further request for spot instances is declined, in every pool."""
    await simulator.break_cloud(story.customer.account, "ec2", "RunInstances", "insufficient_capacity")


@then("the optimization completes within {duration}", verifies="REQ-SPT-021")
async def optimization_completed(story: Story, platform: Platform, patience: Patience, limit: Duration) -> None:
    """By the customer's time, watch periods included."""
    story.optimization = await ended(platform, story.change_id, "completed", patience.migration)
    expect_completed_within(limit, story.optimization)


@then("the optimization ends {optimization_status}")
async def optimization_ended(story: Story, platform: Platform, patience: Patience, status: OptimizationStatus) -> None:
    """In this state and in no other."""
    story.optimization = await ended(platform, story.change_id, status, patience.migration)
    assert story.optimization.status == status, f"the change should end {status}, but: {story.optimization}"


@then("the optimization is rolled back within {duration}")
async def optimization_rolled_back(story: Story, platform: Platform, events: Events, patience: Patience, limit: Duration) -> None:
    """From the moment of the trigger, by the customer's time."""
    story.optimization = await ended(platform, story.change_id, "rolled_back", patience.migration)
    told = await events.of(story.customer.id, story.customer.owner)
    expect_rolled_back_within(limit, told, story.optimization)


@then("its cause names {string}", verifies="REQ-RBK-001")
async def cause_named(story: Story, platform: Platform, word: str) -> None:
    """The customer is told what went wrong."""
    cause = (await platform.optimizations.get(story.change_id)).cause or "no cause"
    assert word in cause, f"the cause should name {word!r}, but it is: {cause}"


@then("each step of the optimization was told live", verifies="REQ-JRN-009")
async def steps_told(story: Story, platform: Platform, events: Events) -> None:
    """Every step's beginning and end, in order, to the customer who was watching."""
    change = await platform.optimizations.get(story.change_id)
    expect_told_live(change, await events.of(story.customer.id, story.customer.owner))


@then("the seven steps were taken one after the other")
async def steps_taken(story: Story) -> None:
    """Each completed before the next began, as the customer can read it."""
    expect_seven_steps(story.optimization)


@then("the cloud saw the changes of these steps in the same order")
async def changes_in_step(story: Story, simulator: Simulator) -> None:
    """Launches, shares of the traffic and endings, each while its step was under way."""
    expect_seen_in_step(story.optimization, await simulator.calls(story.customer.account))


@then("no step was begun after the one that failed")
async def nothing_after_failure(story: Story, platform: Platform) -> None:
    """Not even for a moment."""
    expect_no_step_after_failure(await platform.optimizations.get(story.change_id))


@then("the optimization took more than {duration}")
async def optimization_held_up(story: Story, least: Duration) -> None:
    """By the customer's time: what held it up did slow it down."""
    begun, finished = lifetime(story.optimization)
    took = Duration(seconds=(finished - begun).total_seconds())
    assert took > least, f"the change should have taken more than {least}, but it took {took}"
