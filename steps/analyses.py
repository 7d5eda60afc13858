"""Analyses: who has looked at the fleet, unasked and again."""

from __future__ import annotations

from dataclasses import replace

from support.deeds.analysing import analysed, expect_everybody_looked
from support.drivers.api.platform import Platform
from support.drivers.time import ControlledClock
from support.gherkin import then, when
from support.patience import Patience
from support.story import Story
from support.vocabulary import Duration
from support.words import AgentType


@when("the {agent} agent analyses the fleet")
async def fleet_analysed(story: Story, platform: Platform, patience: Patience, agent: AgentType) -> None:
    """The customer asks for it, and it is done."""
    story.outcome = await analysed(platform, story.customer, agent, patience.analysis)


@then("all four agents analyse the fleet unasked", verifies="REQ-JRN-005")
async def everybody_looked(story: Story, platform: Platform, patience: Patience) -> None:
    """Each agent has completed an analysis that its discovery triggered."""
    await expect_everybody_looked(platform, story.customer, "discovery", patience.analysis)


@then("all four agents look again within {duration}", verifies=("REQ-JRN-006", "REQ-JRN-011"))
async def everybody_looks_on(story: Story, platform: Platform, patience: Patience, clock: ControlledClock, limit: Duration) -> None:
    """Each agent completes another analysis by itself from now on."""
    within = replace(patience.monitoring, length=limit)
    await expect_everybody_looked(platform, story.customer, "monitoring", within, after=await clock.now())


@then("all four agents go on monitoring the fleet", verifies="REQ-JRN-011")
async def everybody_looks_again(story: Story, platform: Platform, patience: Patience) -> None:
    """Each agent has completed an analysis by itself after the change had ended."""
    await expect_everybody_looked(platform, story.customer, "monitoring", patience.monitoring, after=story.optimization.finished_at)
