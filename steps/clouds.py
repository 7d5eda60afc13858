"""Clouds: what OptiInfra does in a customer's account, by the cloud's own record."""

from __future__ import annotations

from support.drivers.api.platform import Platform
from support.drivers.cloud import Cloud
from support.drivers.simulator import Simulator
from support.gherkin import then
from support.story import Story
from support.witness.changes import expect_changed_only_after, expect_only_looked


@then("nothing in the customer's cloud has changed")
async def cloud_untouched(story: Story, cloud: Cloud, simulator: Simulator) -> None:
    """OptiInfra has looked, asked for no change, and exactly the customer's own nodes run."""
    account, owned = story.customer.account, [node for each in story.customer.deployments for node in each.instance_ids]
    expect_only_looked(await simulator.calls(account), await cloud.fleet_of(account), owned)


@then("nothing in the customer's cloud had changed before the approval")
async def cloud_untouched_until_approved(story: Story, platform: Platform, simulator: Simulator) -> None:
    """By the cloud's own record, from the moment at which the customer's decision was put on record."""
    decided = await platform.recommendations.get(story.recommendation.id)
    assert decided.decided_at is not None, f"the approval should be on record, but: {decided}"
    expect_changed_only_after(await simulator.calls(story.customer.account), decided.decided_at)
