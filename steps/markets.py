"""Markets: what spot capacity costs, and how often the cloud takes it back."""

from __future__ import annotations

from support.bending import interrupt_spot, price_spot
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
