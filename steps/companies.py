"""Companies that are no customers yet: what they run in their cloud, and how they come to OptiInfra with it."""

from __future__ import annotations

from support.deeds.discovering import discovered
from support.deeds.enlarging import launch_others, stop_and_terminate, with_deployment
from support.drivers.api.platform import Platform
from support.drivers.cloud import Cloud
from support.drivers.simulator import Simulator
from support.gherkin import given, when
from support.newcomers import Newcomers
from support.patience import Patience
from support.story import Story


@given("the company also runs a deployment {string}")
async def deployment_added(story: Story, simulator: Simulator, name: str) -> None:
    """One node of the same kind behind a front door of its own."""
    story.estate = await with_deployment(simulator, story.estate, name)


@given("the company also runs {count} node/nodes that serve/serves nothing")
async def others_running(story: Story, cloud: Cloud, count: int) -> None:
    """Launched one by one, without any tag."""
    await launch_others(cloud, story.estate, count)


@given("the company also runs {count} node/nodes in {string}")
async def others_elsewhere(story: Story, cloud: Cloud, count: int, region: str) -> None:
    """In a region for which OptiInfra has not been asked."""
    await launch_others(cloud, story.estate, count, region)


@given("the company has stopped one of its nodes and terminated another")
async def nodes_ended(story: Story, cloud: Cloud) -> None:
    """The cloud goes on listing both for a while."""
    await stop_and_terminate(cloud, story.estate)


@given("the cloud lists {count} things on a page")
async def pages_shortened(story: Story, simulator: Simulator, count: int) -> None:
    """However many are asked for; the rest is on further pages."""
    await simulator.shorten_pages(story.estate.account, count)


@given("the company has joined OptiInfra")
async def estate_joined(story: Story, newcomers: Newcomers, platform: Platform, patience: Patience) -> None:
    """It is a customer, and OptiInfra has discovered its fleet."""
    story.introduce(await newcomers.bring(story.estate))
    await discovered(platform, story.customer, patience.discovery)


@when("the company launches {count} node/nodes that serve/serves nothing")
async def others_launched(story: Story, cloud: Cloud, count: int) -> None:
    """Without a word to anybody."""
    await launch_others(cloud, story.estate, count)
