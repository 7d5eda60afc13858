"""Runtimes: where a customer runs OptiInfra's agents beside its models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.deeds.connecting import altered, connect, expect_complete_command, expect_connected, expect_turned_away, own_token
from support.drivers.api.platform import Platform
from support.gherkin import then, when
from support.story import Story

if TYPE_CHECKING:
    from support.drivers.records import Records


@when("the agent runtime connects with the token of its own install command")
async def runtime_reported(story: Story, platform: Platform) -> None:
    """As the install command has it."""
    story.outcome = await connect(platform, story.customer, await own_token(platform, story.customer))


@when("the agent runtime connects with the token of customer {string}")
async def foreign_token_shown(story: Story, platform: Platform, name: str) -> None:
    """A token that is good, for somebody else."""
    story.outcome = await connect(platform, story.customer, await own_token(platform, story.customer_named(name)))


@when("the agent runtime connects with an altered token")
async def altered_token_shown(story: Story, platform: Platform) -> None:
    """Its own but for the last character."""
    story.outcome = await connect(platform, story.customer, altered(await own_token(platform, story.customer)))


@when("the agent runtime connects with the session of the owner")
async def session_shown(story: Story, platform: Platform) -> None:
    """What people log in with is for people."""
    story.outcome = await connect(platform, story.customer, str(story.customer.owner.token))


@then("the runtime is connected and on record")
async def runtime_connected(story: Story, records: Records) -> None:
    """Under the name that it was given."""
    await expect_connected(records, story)


@then("the runtime is turned away and not on record")
async def runtime_turned_away(story: Story, records: Records) -> None:
    """It learns that its token is wrong, and nothing else."""
    await expect_turned_away(records, story)


@then("the install command names the customer and carries that token")
async def command_complete(story: Story, platform: Platform) -> None:
    """So that it can be run as it is."""
    await expect_complete_command(platform, story)
