"""Optimizations: approved changes, how they go and how they end."""

from __future__ import annotations

from support.changing import begin, ended, expect_completed_within, expect_rolled_back_within, expect_told_live, reached
from support.drivers.api.platform import Platform
from support.drivers.cloud import Cloud
from support.drivers.events import Events
from support.drivers.simulator import Simulator
from support.gherkin import given, then, when
from support.patience import Patience
from support.story import Story
from support.vocabulary import Duration, Percent
from support.witness.state import Capture
from support.witness.waves import expect_never_above, expect_waves
from support.words import OptimizationStatus


@given("the first wave is running on spot")
async def first_wave_running(story: Story, platform: Platform, cloud: Cloud, patience: Patience) -> None:
    """The customer has approved; the first wave serves its share and is being watched."""
    story.before = Capture.of(await cloud.fleet_of(story.customer.account))
    started = await begin(platform, story.recommendation)
    story.optimization = await reached(platform, started, "validate_canary", patience.wave)


@given("the fleet has moved to spot")
async def fleet_moved(story: Story, platform: Platform, patience: Patience) -> None:
    """The customer has approved the recommendation, and its migration has completed."""
    story.optimization = await begin(platform, story.recommendation)
    story.optimization = await ended(platform, story, "completed", patience.migration)


@given("the fleet was moved back because of its quality")
async def fleet_moved_back(story: Story, platform: Platform, simulator: Simulator, patience: Patience) -> None:
    """Its migration had begun, answers on spot were wrong, and the migration was taken back."""
    started = await begin(platform, story.recommendation)
    await simulator.bend_deployment(story.customer.account, story.customer.deployment.name, accuracy="0.900", on={"lifecycle": "spot"})
    story.optimization = started
    story.optimization = await ended(platform, story, "rolled_back", patience.migration)


@when("quality on spot falls below the customer's floor")
async def quality_below_floor(story: Story, simulator: Simulator) -> None:
    """Every tenth known question is answered wrongly on spot."""
    await simulator.bend_deployment(story.customer.account, story.customer.deployment.name, accuracy="0.900", on={"lifecycle": "spot"})


@when("quality on spot falls to {percent} of the baseline")
async def quality_fallen(story: Story, simulator: Simulator, share: Percent) -> None:
    """That share of the known questions is answered right on spot, of all that were before."""
    await simulator.bend_deployment(story.customer.account, story.customer.deployment.name, accuracy=f"{share.ratio:.3f}", on={"lifecycle": "spot"})


@when("the cloud has no more spot capacity")
async def spot_capacity_gone(story: Story, simulator: Simulator) -> None:
    """Every further request for spot instances is declined, in every pool."""
    await simulator.break_cloud(story.customer.account, "ec2", "RunInstances", "insufficient_capacity")


@then("the optimization completes within {duration}", verifies="REQ-SPT-021")
async def optimization_completed(story: Story, platform: Platform, patience: Patience, limit: Duration) -> None:
    """By the customer's time, watch periods included."""
    story.optimization = await ended(platform, story, "completed", patience.migration)
    expect_completed_within(limit, story.optimization)


@then("the optimization ends {optimization_status}")
async def optimization_ended(story: Story, platform: Platform, patience: Patience, status: OptimizationStatus) -> None:
    """In this state and in no other."""
    story.optimization = await ended(platform, story, status, patience.migration)
    assert story.optimization.status == status, f"the change should end {status}, but: {story.optimization}"


@then("the optimization is rolled back within {duration}")
async def optimization_rolled_back(story: Story, platform: Platform, events: Events, patience: Patience, limit: Duration) -> None:
    """From the moment of the trigger, by the customer's time."""
    story.optimization = await ended(platform, story, "rolled_back", patience.migration)
    told = await events.of(story.customer.id, story.customer.owner)
    expect_rolled_back_within(limit, told, story.optimization)


@then("its cause names {string}", verifies="REQ-RBK-001")
async def cause_named(story: Story, word: str) -> None:
    """The customer is told what went wrong."""
    cause = story.optimization.cause or "no cause"
    assert word in cause, f"the cause should name {word!r}, but it is: {cause}"


@then("{percent}, then {percent}, then {percent} of the traffic went to spot", verifies=("REQ-SPT-007", "REQ-SPT-009"))
async def traffic_moved_in_waves(story: Story, simulator: Simulator, first: Percent, second: Percent, third: Percent) -> None:
    """By the weights that AWS was asked to set, and when; each wave is watched for three minutes."""
    expect_waves(await simulator.calls(story.customer.account, "elbv2"), (first, second, third))


@then("never more than {percent} of the traffic went to spot")
async def traffic_never_above(story: Story, simulator: Simulator, most: Percent) -> None:
    """By the weights that AWS was asked to set."""
    expect_never_above(await simulator.calls(story.customer.account, "elbv2"), most)


@then("each step of the optimization was told live", verifies="REQ-JRN-009")
async def steps_told(story: Story, platform: Platform, events: Events) -> None:
    """Every step's beginning and end, in order, to the customer who was watching."""
    change = await platform.optimizations.get(story.change_id)
    expect_told_live(change, await events.of(story.customer.id, story.customer.owner))
