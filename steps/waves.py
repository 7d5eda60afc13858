"""Waves: how a fleet moves to spot, share by share of its traffic, by what the cloud and the users saw of it."""

from __future__ import annotations

from support.deeds.changing import begin, reached
from support.deeds.comparing import Comparison
from support.drivers.api.platform import Platform
from support.drivers.cloud import Cloud
from support.drivers.simulator import Simulator
from support.gherkin import given, then
from support.patience import Patience
from support.story import Story
from support.vocabulary import Percent
from support.witness.rollout import expect_nodes_in_waves
from support.witness.waves import expect_never_above, expect_waves


@given("the first wave is running on spot")
async def first_wave_running(story: Story, platform: Platform, comparison: Comparison, patience: Patience) -> None:
    """The customer has approved; the first wave serves its share and is being watched."""
    await comparison.keep_fleet()
    change_id = await begin(platform, story.recommendation)
    story.optimization = await reached(platform, change_id, "validate_canary", patience.wave)


@given("the second wave has followed")
async def second_wave_followed(story: Story, platform: Platform, patience: Patience) -> None:
    """The first wave has proved healthy; the second serves its share and is being watched."""
    story.optimization = await reached(platform, story.change_id, "validate_50_percent", patience.wave)


@then("{percent} of the traffic goes to spot")
async def traffic_on_spot(story: Story, cloud: Cloud, share: Percent) -> None:
    """By the weights that AWS has at this moment."""
    fleet = await cloud.fleet_of(story.customer.account)
    assert fleet.traffic_on_spot == share, f"{share} of the traffic should go to spot now, but {fleet.traffic_on_spot} does: {fleet}"


@then("{percent}, then {percent}, then {percent} of the traffic went to spot", verifies=("REQ-SPT-007", "REQ-SPT-009"))
async def traffic_moved_in_waves(story: Story, simulator: Simulator, first: Percent, second: Percent, third: Percent) -> None:
    """By the weights that AWS was asked to set, and when; each wave is watched for three minutes."""
    expect_waves(await simulator.calls(story.customer.account, "elbv2"), (first, second, third))


@then("{count}, then {count}, then {count} spot nodes carried the waves")
async def nodes_carried_waves(story: Story, simulator: Simulator, first: int, second: int, third: int) -> None:
    """So many were in service when each wave's traffic came to them."""
    expect_nodes_in_waves(await simulator.calls(story.customer.account), (first, second, third))


@then("never more than {percent} of the traffic went to spot", verifies="REQ-SPT-009")
async def traffic_never_above(story: Story, simulator: Simulator, most: Percent) -> None:
    """By the weights that AWS was asked to set."""
    expect_never_above(await simulator.calls(story.customer.account, "elbv2"), most)
