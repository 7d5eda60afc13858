"""Permissions: what the customer lets OptiInfra do without asking."""

from __future__ import annotations

from support.deeds.permitting import change_unasked, expect_idle_node_ended
from support.drivers.api.answer import accepted
from support.drivers.api.platform import Platform
from support.drivers.cloud import Cloud
from support.gherkin import given, then
from support.newcomers import Newcomers
from support.patience import Patience
from support.story import Story


@given("the customer allows changes of low risk")
async def low_risk_allowed(story: Story, platform: Platform) -> None:
    """From now on, without being asked."""
    accepted(await platform.customers.change_settings(story.customer.id, auto_execute_low_risk=True))


@given("the customer has allowed changes of low risk and thought better of it")
async def permission_taken_back(story: Story, platform: Platform) -> None:
    """It was allowed for a moment."""
    accepted(await platform.customers.change_settings(story.customer.id, auto_execute_low_risk=True))
    accepted(await platform.customers.change_settings(story.customer.id, auto_execute_low_risk=False))


@given("the company has signed up and allows changes of low risk")
async def signed_up_trusting(story: Story, newcomers: Newcomers, platform: Platform) -> None:
    """It is a customer, and OptiInfra knows nothing of its cloud."""
    story.introduce(await newcomers.sign_up(story.estate))
    accepted(await platform.customers.change_settings(story.customer.id, auto_execute_low_risk=True))


@then("the idle node is ended without anybody having approved it", verifies="REQ-JRN-018")
async def ended_unasked(story: Story, platform: Platform, cloud: Cloud, patience: Patience) -> None:
    """OptiInfra has decided by itself, and exactly that node is gone from the cloud."""
    change = await change_unasked(platform, story.customer, patience.migration)
    await expect_idle_node_ended(platform, cloud, story, change)
