"""Connections: who follows live events, and what is told to whom in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.deeds.forging import Forge
from support.deeds.listening import (
    a_day_of_work,
    expect_agents_told,
    expect_nothing_told,
    expect_numbered,
    expect_on_record,
    expect_order,
    expect_same_told,
    follow,
    nobody,
    register_together,
)
from support.drivers.api.platform import Platform
from support.drivers.events import Events, Timeline
from support.gherkin import given, then, when
from support.story import Story

if TYPE_CHECKING:
    from support.drivers.records import Records


@given("every customer follows its live events")
async def everybody_follows(story: Story, events: Events) -> None:
    """From its first event on; a customer that has just signed up has had none."""
    story.followed = {name: len((await events.of(each.id, each.owner)).events) for name, each in story.customers.items()}


@given("an agent of the customer has registered, worked, failed and left")
async def day_was_worked(story: Story, platform: Platform) -> None:
    """Each of these is an event."""
    await a_day_of_work(platform, story.customer)


@when("an agent of the customer registers, works, fails and leaves")
async def day_is_worked(story: Story, platform: Platform) -> None:
    """Each of these is an event."""
    await a_day_of_work(platform, story.customer)


@when("{count} agent/agents of {string} register/registers at the same moment")
async def agents_registered_together(story: Story, platform: Platform, count: int, name: str) -> None:
    """None of them waits for another."""
    await register_together(platform, story.customer_named(name), count)


@when("{string} asks to follow the live events of {string}")
async def foreign_events_asked_for(story: Story, events: Events, who: str, whose: str) -> None:
    """With its own valid token."""
    story.outcome = await follow(events, story.customer_named(whose).id, story.customer_named(who).owner)


@when("somebody else of the customer follows its live events from the first on")
async def latecomer_follows(story: Story, events: Events) -> None:
    """Over a connection of its own, after everything has happened."""
    story.outcome = await follow(events, story.customer.id, story.customer.owner)


@when("somebody follows the live events of {string} with a token that is {token}")
async def followed_with_token(story: Story, events: Events, forge: Forge, name: str, token: str) -> None:
    """With nothing but that token."""
    whose = story.customer_named(name)
    story.outcome = await follow(events, whose.id, await forge.caller(whose.owner, token))


@then("{string} is told of {count} agent/agents")
async def agents_told(story: Story, events: Events, name: str, count: int) -> None:
    """Once of each."""
    who = story.customer_named(name)
    expect_agents_told(await events.of(who.id, who.owner), count, name)


@then("{string} is told nothing")
async def nothing_told(story: Story, events: Events, name: str) -> None:
    """Since it began to follow."""
    who = story.customer_named(name)
    expect_nothing_told(await events.of(who.id, who.owner), story.followed[name], name)


@then("it is refused as for a customer that does not exist", verifies=("REQ-RTU-001", "REQ-SEC-002"))
async def refused_as_for_nobody(story: Story, events: Events) -> None:
    """Word for word."""
    refused, absent = story.refusal(), await follow(events, nobody(), story.customer.owner)
    assert refused == absent, f"the refusal should be the same as for a customer that does not exist, but it was {refused} instead of {absent}"


@then("these events arrive in this order:")
async def events_in_order(story: Story, events: Events, datatable: list[list[str]]) -> None:
    """Nothing between them, and nothing after."""
    expect_order(await events.of(story.customer.id, story.customer.owner), datatable[1:])


@then("they are numbered without gaps")
async def events_numbered(story: Story, events: Events) -> None:
    """From 1 on, in the order of their arrival and of their times."""
    expect_numbered(await events.of(story.customer.id, story.customer.owner))


@then("they are told as they are on record")
async def events_as_recorded(story: Story, events: Events, records: Records) -> None:
    """Each event that the database holds, under its number."""
    expect_on_record(await events.of(story.customer.id, story.customer.owner), await records.of("events", customer_id=story.customer.id))


@then("both have been told the same")
async def latecomer_told_the_same(story: Story, events: Events) -> None:
    """The same events under the same numbers."""
    expect_same_told(await events.of(story.customer.id, story.customer.owner), story.outcome)


@then("the connection is refused for want of a valid token")
async def connection_refused(story: Story) -> None:
    """And nothing has been told over it."""
    refused = story.refusal()
    assert refused.status == 401, f"the connection should be refused for want of a valid token, but it was {refused}"


@then("the connection is open")
async def connection_open(story: Story) -> None:
    """It tells what there is to tell, and ends only when its user ends it."""
    assert isinstance(story.outcome, Timeline), f"the connection should be open, but it was {story.outcome}"
