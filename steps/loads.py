"""Loads: how busy a company's nodes and models are."""

from __future__ import annotations

from support.deeds.loading import BUSY, IDLE, QUEUEING, load_nodes
from support.drivers.simulator import Simulator
from support.gherkin import given, when
from support.story import Story
from support.vocabulary import Percent


@given("one of its nodes is idle")
async def node_idle(story: Story, simulator: Simulator) -> None:
    """The last one of its main deployment, for as long as anybody can remember."""
    await load_nodes(simulator, story.estate.account, story.estate.deployments[0].instance_ids[-1:], IDLE)


@given("its nodes are used at {percent} at most")
async def nodes_underused(story: Story, simulator: Simulator, most: Percent) -> None:
    """All nodes of its main deployment."""
    await load_nodes(simulator, story.estate.account, story.estate.deployments[0].instance_ids, most)


@given("its nodes are used at {percent} on average")
async def nodes_used(story: Story, simulator: Simulator, average: Percent) -> None:
    """All nodes of its main deployment, with the peaks that the persona has."""
    estate = story.estate
    await load_nodes(simulator, estate.account, estate.deployments[0].instance_ids, average, estate.persona.main_fleet.peak)


@given("its requests queue for memory")
async def requests_queueing(story: Story, simulator: Simulator) -> None:
    """The model servers' cache is full, and requests wait for it."""
    await simulator.bend_deployment(story.estate.account, story.estate.deployments[0].name, **QUEUEING)


@given("another of its nodes has fallen idle")
async def another_node_was_idle(story: Story, simulator: Simulator) -> None:
    """The first one; OptiInfra has not looked since."""
    await load_nodes(simulator, story.customer.account, story.customer.deployment.instance_ids[:1], IDLE)


@when("the idle node finds work")
async def idle_node_busy(story: Story, simulator: Simulator) -> None:
    """The node that the recommendation is about is as busy as the others."""
    await load_nodes(simulator, story.customer.account, story.recommendation.affected_resources, BUSY)


@when("another of its nodes falls idle")
async def another_node_idle(story: Story, simulator: Simulator) -> None:
    """The first one, and nobody tells OptiInfra."""
    await load_nodes(simulator, story.customer.account, story.customer.deployment.instance_ids[:1], IDLE)
