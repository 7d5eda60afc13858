"""Markets: what spot capacity costs, and how often the cloud takes it back."""

from __future__ import annotations

from support.bending import another_zone, exhaust_spot, interrupt_spot, price_spot
from support.drivers.cloud import Cloud
from support.drivers.simulator import Simulator
from support.gherkin import given, when
from support.story import Story
from support.vocabulary import Percent


@given("spot capacity costs {percent} of on-demand capacity")
async def spot_priced(story: Story, simulator: Simulator, share: Percent) -> None:
    """In every pool that could replace the customer's nodes, from now on."""
    await price_spot(simulator, story.customer, share.ratio)


@given("the cloud interrupts {percent} of such spot capacity")
async def spot_interrupted(story: Story, simulator: Simulator, rate: Percent) -> None:
    """Nodes taken back a month, in every pool that could replace the customer's nodes."""
    await interrupt_spot(simulator, story.customer, rate.ratio)


@when("the spot price moves to {percent} of the on-demand price")
async def spot_price_moved(story: Story, simulator: Simulator, share: Percent) -> None:
    """In every pool that could replace the customer's nodes, from this moment on."""
    await price_spot(simulator, story.customer, share.ratio)


@given("no spot capacity is left")
async def spot_exhausted(story: Story, simulator: Simulator) -> None:
    """No pool has room for another node like the customer's; the nodes that run go on."""
    await exhaust_spot(simulator, story.customer)


@given("spot capacity is left in one other zone only")
async def spot_left_elsewhere(story: Story, cloud: Cloud, simulator: Simulator) -> None:
    """In a zone in which no node of the customer's runs."""
    used = {node.zone for node in await cloud.nodes_of(story.customer.account)}
    await exhaust_spot(simulator, story.customer, but=another_zone(used))
