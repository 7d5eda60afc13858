"""Disguises: commands to the database that look like a customer's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.deeds.disguising import (
    expect_all_refused,
    expect_kept_as_text,
    in_every_place,
    in_every_text,
    join_as,
)
from support.drivers.api.platform import Platform
from support.drivers.api.transport import NOBODY, Credentials
from support.drivers.live import Live
from support.gherkin import then, when
from support.newcomers import Newcomers
from support.story import Story

if TYPE_CHECKING:
    from support.drivers.records import Records


@when("{string} puts a command to the database into every text of every request")
async def texts_disguised(story: Story, platform: Platform, target: Live, name: str) -> None:
    """One text at a time, by the owner or an agent; everything else about the request is sound."""
    story.asked = await in_every_text(platform, target.contract, story.customer_named(name), story.belongings_of(name))


@when("{string} puts a command to the database into every place of every address")
async def places_disguised(story: Story, platform: Platform, target: Live, name: str) -> None:
    """One place at a time, by the owner or an agent."""
    story.asked = await in_every_place(platform, target.contract, story.customer_named(name))


@when("somebody logs in as {string} with the password {string}")
async def logged_in_as(story: Story, platform: Platform, trick: str, password: str) -> None:
    """Somebody whom nobody knows."""
    story.outcome = await platform.acting_as(NOBODY).identity.log_in(Credentials(trick, password))


@when("a company named {string} signs up")
async def company_named(story: Story, newcomers: Newcomers, name: str) -> None:
    """With everything else as usual."""
    story.introduce(await join_as(newcomers, name))


@then("each is refused or kept as text")
async def commands_kept_as_text(story: Story, records: Records) -> None:
    """No answer is a breakdown, and what was accepted is on record word for word."""
    await expect_kept_as_text(story.asked, records)


@then("each is refused")
async def commands_refused(story: Story) -> None:
    """No answer is a breakdown."""
    expect_all_refused(story.asked)


@then("OptiInfra calls it {string}")
async def company_called(story: Story, platform: Platform, name: str) -> None:
    """Word for word."""
    seen = (await platform.customers.get(story.customer.id)).company_name
    assert seen == name, f"OptiInfra should call the company {name!r}, but calls it {seen!r}"
