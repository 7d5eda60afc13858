"""Sessions: how they begin, go on and end."""

from __future__ import annotations

from support.deeds.logging_in import expect_closed, expect_open, fail_to_log_in, log_in, log_out
from support.drivers.api.answer import accepted
from support.drivers.api.identity import TokenPair
from support.drivers.api.platform import Platform
from support.gherkin import given, then, when
from support.story import Story


@given("the owner has logged in once more")
async def session_begun(story: Story, platform: Platform) -> None:
    """A session of its own, beside the one in which everything else is done."""
    story.session = accepted(await log_in(platform, story.customer))


@given("the owner has renewed the session")
async def session_renewed(story: Story, platform: Platform) -> None:
    """It goes on under new tokens."""
    story.former_session = story.session
    story.session = accepted(await platform.identity.refresh(story.session.refresh_token))


@given("{count} logins of the owner have failed")
async def logins_failed(story: Story, platform: Platform, count: int) -> None:
    """With a wrong password."""
    await fail_to_log_in(platform, story.customer, count)


@when("the owner renews the session")
async def session_is_renewed(story: Story, platform: Platform) -> None:
    """With the token that is meant for that."""
    story.outcome = await platform.identity.refresh(story.session.refresh_token)


@when("somebody renews the session with the token that was used")
async def used_token_shown(story: Story, platform: Platform) -> None:
    """For the second time."""
    story.outcome = await platform.identity.refresh(story.former_session.refresh_token)


@when("the owner logs out")
async def session_ended(story: Story, platform: Platform) -> None:
    """Of that session."""
    story.outcome = await log_out(platform, story.session)


@when("the owner logs in with the right password")
async def session_is_begun(story: Story, platform: Platform) -> None:
    """Once."""
    story.outcome = await log_in(platform, story.customer)


@then("the session is open")
async def session_open(story: Story, platform: Platform) -> None:
    """Its token shows the customer its dashboard."""
    await expect_open(platform, story.customer, story.success(TokenPair))


@then("nothing of the session is open")
async def session_closed(story: Story, platform: Platform) -> None:
    """Neither token of it works any more."""
    await expect_closed(platform, story.customer, story.session)
