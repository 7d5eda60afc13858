"""Offers of spot capacity: whether one stands, at which risk and for which nodes, and what is thought of it."""

from __future__ import annotations

from support.deeds.offering import expect_opinion, expect_true_baseline, mark_intolerant, offered, only_offer
from support.drivers.api.platform import Platform
from support.drivers.cloud import Cloud
from support.gherkin import given, then
from support.story import Story
from support.words import AgentType


@given("one of its nodes does not tolerate interruption")
async def node_marked_intolerant(story: Story, cloud: Cloud) -> None:
    """Its owner says so, by the tag that OptiInfra reads."""
    await mark_intolerant(cloud, story.customer, story.customer.deployment.instance_ids[0])


@then("spot capacity is recommended at {risk} risk")
async def spot_offered(story: Story, platform: Platform, risk: str) -> None:
    """One offer stands, and tells this risk."""
    offer = only_offer(await platform.recommendations.of(story.customer.id))
    assert offer.risk_level == risk, f"spot capacity should be recommended at {risk} risk, but: {offer}"


@then("no spot capacity is recommended")
async def no_spot_offered(story: Story, platform: Platform) -> None:
    """No offer stands."""
    standing = offered(await platform.recommendations.of(story.customer.id), "pending", "approved", "executing")
    assert not standing, f"spot capacity should not be recommended to {story.customer.name}, but: {standing[0]}"


@then("spot capacity has never been recommended")
async def spot_never_offered(story: Story, platform: Platform) -> None:
    """Not even an offer that has been taken back."""
    ever = offered(await platform.recommendations.of(story.customer.id))
    assert not ever, f"spot capacity should never have been recommended to {story.customer.name}, but: {ever[0]}"


@then("spot capacity is recommended for the other {count} nodes only")
async def spot_offered_to_some(story: Story, platform: Platform, count: int) -> None:
    """Those that tolerate interruption, by name."""
    offer = only_offer(await platform.recommendations.of(story.customer.id))
    tolerant = set(story.customer.deployment.instance_ids[-count:])
    assert set(offer.affected_resources) == tolerant, f"the {count} tolerant nodes should be offered a move, but: {offer.affected_resources}"


@then("the {agent} agent has approved the spot migration")
async def migration_seconded(story: Story, platform: Platform, agent: AgentType) -> None:
    """The opinion stands on the recommendation, with what it rests on."""
    expect_opinion(only_offer(await platform.recommendations.of(story.customer.id)), agent)


@then("it carries the quality baseline that the application agent measured")
async def baseline_carried(story: Story, platform: Platform) -> None:
    """The share of known questions that the customer's models really answer right, on enough questions."""
    expect_true_baseline(only_offer(await platform.recommendations.of(story.customer.id)), story.customer.persona)


@then("the approval is refused because the {agent} agent has not agreed")
async def approval_refused(story: Story, agent: AgentType) -> None:
    """The customer is told whose opinion is missing or contrary."""
    refusal = story.refusal()
    told = (refusal.code, f"The {agent} agent" in refusal.reason)
    assert told == ("validation_missing", True), f"the approval should be refused for want of the {agent} agent's, but it was {refusal}"


@then("that is refused because of the customer's policy")
async def offer_refused(story: Story) -> None:
    """Who offers it is told why not."""
    refusal = story.refusal()
    assert "policy" in str(refusal), f"the refusal should name the customer's policy, but it was {refusal}"
