"""Splits: parts of a fleet for two sides that would not agree about the whole."""

from __future__ import annotations

from support.deeds.splitting import expect_no_split, expect_placed, expect_shares, expect_terms
from support.drivers.api.conflicts import Resolution
from support.drivers.cloud import Cloud
from support.gherkin import then
from support.story import Story
from support.vocabulary import Money, Percent


@then("the split gives {percent} of the fleet to spot and {percent} to on demand")
async def shares_given(story: Story, spot: Percent, stay: Percent) -> None:
    """All of the fleet, each node to one side, and to spot only what tolerates interruption."""
    expect_shares(story.success(Resolution), story, spot, stay)


@then("the split saves {money} a month at {risk} risk")
async def terms_recomputed(story: Story, saving: Money, risk: str) -> None:
    """Worked out for what really moves."""
    expect_terms(story.success(Resolution), saving, risk)


@then("the {agent} agent's {recommendation} alone is chosen, without a split")
async def no_split(story: Story, agent: str, kind: str) -> None:
    """It is carried out, and the other side is dropped."""
    expect_no_split(story.success(Resolution), story, (agent, kind))


@then("each node runs where the split wants it")
async def split_carried_out(story: Story, cloud: Cloud) -> None:
    """By what AWS says: the first side's nodes were replaced by spot nodes, the other side's are the ones that they were."""
    expect_placed(story.resolution, story, await cloud.nodes_of(story.customer.account))
