"""Strangers: customers that ask for what belongs to another."""

from __future__ import annotations

from support.belongings import acquire
from support.deeds.proposing import runtime_of
from support.deeds.trespassing import ask_twice, expect_alike, expect_nothing_of, look_around
from support.drivers.api.platform import Platform
from support.drivers.live import Live
from support.gherkin import given, then, when
from support.patience import Patience
from support.rooms import Room
from support.story import Story


@given("{string} owns one of everything")
async def everything_owned(story: Story, platform: Platform, target: Live, patience: Patience, name: str) -> None:
    """A colleague, an agent with work, recommendations, a settlement and a change."""
    story.owned[name] = await acquire(platform, target, story.customer_named(name), patience.discovery)


@when("the owner of {string} asks for everything of {string}")
async def stranger_asked(story: Story, platform: Platform, target: Live, who: str, whose: str) -> None:
    """Of each thing once, and once of a thing of that kind that does not exist."""
    belongings = story.belongings_of(whose)
    story.asked_twice = await ask_twice(platform.acting_as(story.customer_named(who).owner), target.contract, belongings)


@when("an agent of {string} asks for everything of {string}")
async def strange_agent_asked(story: Story, platform: Platform, target: Live, who: str, whose: str) -> None:
    """Of each thing once, and once of a thing of that kind that does not exist."""
    stranger = story.customer_named(who)
    agent = await runtime_of(platform.acting_as(stranger.owner), stranger)
    story.asked_twice = await ask_twice(agent, target.contract, story.belongings_of(whose))


@when("the owner of {string} looks at everything that it may see")
async def stranger_looked(story: Story, platform: Platform, target: Live, room: Room, name: str) -> None:
    """Every list and every page of its own."""
    story.seen = await look_around(platform, target.contract, story.customer_named(name), room.journal)


@then("each request is refused as for something that does not exist")
async def refused_alike(story: Story) -> None:
    """Word for word, so that nobody learns anything by trying."""
    expect_alike(story.asked_twice)


@then("nothing of {string} is among it")
async def nothing_seen(story: Story, name: str) -> None:
    """Neither its name nor any name of anything that it owns."""
    expect_nothing_of(story.customer_named(name), story.belongings_of(name), story.seen)
