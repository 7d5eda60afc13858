"""Workloads: what the customer's users ask of the models, and how the models on spot answer."""

from __future__ import annotations

from support.deeds.bending import serve_on_spot, start_slowly_on_spot, succeed_on_spot
from support.drivers.simulator import Simulator
from support.gherkin import given, then
from support.story import Story
from support.vocabulary import Duration, Percent
from support.witness.answers import QualityWitness


@given("{percent} of the requests on spot succeed")
async def requests_succeeding(story: Story, simulator: Simulator, share: Percent) -> None:
    """The rest is broken off; there are so many requests that a tenth of a percent can be told."""
    await succeed_on_spot(simulator, story.customer, share.ratio)


@given("spot serves {count} requests in the watch period")
async def requests_counted(story: Story, simulator: Simulator, count: int) -> None:
    """So few users are there, of whom a tenth is served by the first wave."""
    await serve_on_spot(simulator, story.customer, count)


@given("spot nodes load their model for {duration}")
async def nodes_starting(story: Story, simulator: Simulator, length: Duration) -> None:
    """Until then they answer nobody."""
    await start_slowly_on_spot(simulator, story.customer, length)


@given("the metrics of the spot nodes are {gap}")
async def metrics_lost(story: Story, simulator: Simulator, gap: str) -> None:
    """The nodes serve as before, but do not tell."""
    await simulator.bend_deployment(story.customer.account, story.customer.deployment.name, metrics=gap, on={"lifecycle": "spot"})


@then("the customer's users get {percent} of their answers right", verifies="REQ-SPT-011")
async def answers_right(story: Story, examiner: QualityWitness, share: Percent) -> None:
    """Known questions of our own, asked through the customer's front door."""
    examined = await examiner.examine(story.customer.account, story.customer.deployment.front_door)
    assert examined.share == share.ratio, f"{share} of known questions should be answered right, but: {examined}"
