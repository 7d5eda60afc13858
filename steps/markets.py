"""Markets: what spot capacity costs, and how often the cloud takes it back."""

from __future__ import annotations

from support.deeds.bending import PLENTY, exhaust_spot, free_zones, interrupt_spot, price_spot, price_type
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


@given("no spot capacity is left")
async def spot_exhausted(story: Story, simulator: Simulator) -> None:
    """No pool has room for another node like the customer's; the nodes that run go on."""
    await exhaust_spot(simulator, story.customer)


@given("spot capacity is left in one other pool only")
async def spot_left_elsewhere(story: Story, cloud: Cloud, simulator: Simulator) -> None:
    """As much as anybody wants, of the customer's own type, in a zone in which none of its nodes runs."""
    used = {node.zone for node in await cloud.nodes_of(story.customer.account)}
    await exhaust_spot(simulator, story.customer, {free_zones(used)[0]: PLENTY})


@given("spot capacity is left for {count} node/nodes each in {count} pools")
async def spot_left_for_few(story: Story, simulator: Simulator, nodes: int, pools: int) -> None:
    """Of the customer's own type, each in another zone."""
    await exhaust_spot(simulator, story.customer, dict.fromkeys(free_zones(())[:pools], nodes))


@given("spot capacity of type {string} costs {percent} of on-demand capacity")
async def type_priced(story: Story, simulator: Simulator, instance_type: str, share: Percent) -> None:
    """In every zone, and the cloud hardly ever takes it back."""
    await price_type(simulator, story.customer.account, instance_type, share.ratio)


@when("the spot price moves to {percent} of the on-demand price")
async def spot_price_moved(story: Story, simulator: Simulator, share: Percent) -> None:
    """In every pool that could replace the customer's nodes, from this moment on."""
    await price_spot(simulator, story.customer, share.ratio)
