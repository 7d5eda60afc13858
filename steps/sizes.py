"""Sizes: nodes that are too large for what they carry."""

from __future__ import annotations

from support.deeds.recommending import advised
from support.deeds.sizing import expect_holds_the_peak, expect_same_size_always
from support.drivers.api.platform import Platform
from support.drivers.cloud import Cloud
from support.gherkin import then
from support.patience import Patience
from support.story import Story


@then("a smaller size that holds the peak is recommended")
async def smaller_size_recommended(story: Story, platform: Platform, cloud: Cloud, patience: Patience) -> None:
    """By what the cloud publishes of both sizes."""
    story.recommendation = await advised(platform, story.customer, "resource", "rightsizing", patience.analysis)
    await expect_holds_the_peak(story.customer, story.recommendation, cloud)


@then("no other size is recommended")
async def no_other_size_recommended(story: Story, platform: Platform, patience: Patience) -> None:
    """Although every agent has looked."""
    await expect_same_size_always(platform, story.customer, patience.analysis)
