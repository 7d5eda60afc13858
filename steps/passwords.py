"""Passwords: where they are kept, and where they must not turn up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.deeds.hiding import add_alike, expect_hashed, expect_hidden, misplace_password, traces_of, use_password
from support.drivers.api.platform import Platform
from support.drivers.events import Events
from support.gherkin import then, when
from support.rooms import Room
from support.story import Story

if TYPE_CHECKING:
    from support.drivers.records import Records


@when("two colleagues of {string} are added with the same password")
async def colleagues_added_alike(story: Story, platform: Platform, name: str) -> None:
    """Beside the owner, who has another one."""
    await add_alike(platform, story.customer_named(name))


@when("a colleague of {string} is added, logs in, mistypes and logs out")
async def password_used(story: Story, platform: Platform, name: str) -> None:
    """Everything for which a password is needed."""
    story.password = await use_password(platform, story.customer_named(name))


@when("the password of {string} stands in every other place at sign-up and login")
async def password_misplaced(story: Story, platform: Platform, name: str) -> None:
    """As somebody does who types into the wrong place."""
    story.password = await misplace_password(platform, story.customer_named(name))


@then("each password of {string} is kept as a memory-hard hash, salted by itself")
async def passwords_hashed(story: Story, records: Records, name: str) -> None:
    """As the database has them."""
    expect_hashed(await records.of("users", customer_id=story.customer_named(name).id))


@then("the password is on no record and in no answer, event, log or report")
async def password_hidden(story: Story, records: Records, events: Events, room: Room) -> None:
    """In the whole database, and in everything that the platform has said in this scenario."""
    told = await events.of(story.customer.id, story.customer.owner)
    expect_hidden(story.password, await traces_of(records, told, room))
