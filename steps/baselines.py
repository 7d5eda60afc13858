"""Baselines: how good the models were before anything was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.drivers.simulator import Simulator
from support.gherkin import then
from support.story import Story
from support.vocabulary import Percent
from support.witness.baselines import expect_measured_before

if TYPE_CHECKING:
    from support.drivers.records import Records


@then("a baseline of {percent} was measured before anything changed in the cloud")
async def baseline_came_first(story: Story, records: Records, simulator: Simulator, share: Percent) -> None:
    """By the platform's records of its measurements, and the cloud's record of what was changed when."""
    baselines = await records.of("quality_baselines", customer_id=story.customer.id)
    expect_measured_before(baselines, await simulator.calls(story.customer.account), share.ratio)
