"""Changes: several of them, and what they mean for each other."""

from __future__ import annotations

from support.deeds.changing import carried_out
from support.deeds.concurring import (
    carried_out_first,
    expect_all_completed,
    expect_apart,
    expect_side_by_side,
    expect_undecided,
    settle_and_carry_out,
)
from support.drivers.api.platform import Platform
from support.drivers.events import Events
from support.gherkin import given, then, when
from support.patience import Patience
from support.story import Story


@given("the first of them is being carried out")
async def first_begun(story: Story, platform: Platform) -> None:
    """The customer has approved it, and it is not finished."""
    story.optimization = await carried_out_first(platform, story)


@given("the first of them has been carried out")
async def first_completed(story: Story, platform: Platform, patience: Patience) -> None:
    """The customer has approved it, and it is finished."""
    story.optimization = await carried_out(platform, story.recommendations[0], patience.migration)


@when("the customer approves the second of them")
async def second_approved(story: Story, platform: Platform) -> None:
    """By itself."""
    story.outcome = await platform.recommendations.approve(story.recommendations[1].id)


@when("the customer has the other two settled and carried out")
async def others_settled_and_carried_out(story: Story, platform: Platform) -> None:
    """The orchestrator decides between them, and the customer follows."""
    story.outcome = await settle_and_carry_out(platform, story.customer, story.recommendations[1:])


@then("both of them are carried out")
async def both_completed(story: Story, platform: Platform, patience: Patience) -> None:
    """To the end."""
    await expect_all_completed(platform, story, patience.migration)


@then("the other two are still undecided")
async def others_undecided(story: Story, platform: Platform, events: Events) -> None:
    """Neither dropped nor approved, on record and in what the customer was told."""
    now = [await platform.recommendations.get(each.id) for each in story.recommendations[1:]]
    expect_undecided(now, await events.of(story.customer.id, story.customer.owner))


@then("both have been at work at the same time")
async def changes_side_by_side(story: Story, events: Events) -> None:
    """One had not ended when the other began, by what the customer was told."""
    expect_side_by_side(story, await events.of(story.customer.id, story.customer.owner))


@then("no two changes have worked on one node at the same time")
async def changes_kept_apart(story: Story, events: Events) -> None:
    """From the beginning to the end of each, by what the customer was told."""
    expect_apart(story, await events.of(story.customer.id, story.customer.owner))
