"""Tokens: what they open, and what they must not."""

from __future__ import annotations

from support.asking import ask_all, protected_requests
from support.deeds.forging import Forge, with_token_only
from support.deeds.guarding import belongings_of, busy_for, dashboard_of, expect_published_as_protected, expect_refused_without_token
from support.drivers.api.answer import Refused
from support.drivers.api.platform import Platform
from support.drivers.live import Live
from support.drivers.time import ControlledClock
from support.gherkin import given, then, when
from support.story import Story
from support.vocabulary import Duration


@given("the owner of {string} has been at work for {duration}")
async def owner_at_work(story: Story, platform: Platform, clock: ControlledClock, name: str, length: Duration) -> None:
    """With one and the same token from the beginning, and never idle for long."""
    await busy_for(platform, story.customer_named(name), length, clock)


@when("everything of {string} is asked for with a token that is {token}")
async def everything_asked_for(story: Story, platform: Platform, target: Live, forge: Forge, name: str, token: str) -> None:
    """Every operation that the platform publishes, except those that nobody needs a token for."""
    customer = story.customer_named(name)
    asking = platform.acting_as(await forge.caller(customer.owner, token))
    story.asked = await ask_all(asking, protected_requests(target.contract, belongings_of(customer)))


@when("the dashboard of {string} is asked for with a token that is {token}")
async def dashboard_asked_for(story: Story, platform: Platform, forge: Forge, name: str, token: str) -> None:
    """With nothing but that token."""
    customer = story.customer_named(name)
    story.outcome = await dashboard_of(platform, customer, await forge.caller(customer.owner, token))


@when("the owner asks for the dashboard with the token of the beginning")
async def dashboard_asked_for_by_owner(story: Story, platform: Platform) -> None:
    """Without logging in again."""
    story.outcome = await dashboard_of(platform, story.customer, with_token_only(story.customer.owner))


@then("each request is refused for want of a valid token")
async def everything_refused(story: Story) -> None:
    """All of them alike, whatever they are about."""
    expect_refused_without_token(story.asked)


@then("each request that was refused is published as protected, and no other")
async def protection_published(story: Story, target: Live) -> None:
    """In the document that tells everybody how to use the platform."""
    expect_published_as_protected(target.contract, story.asked)


@then("it is shown")
async def answer_shown(story: Story) -> None:
    """What was asked for."""
    assert not isinstance(story.outcome, Refused), f"it should be shown, but it was {story.outcome}"


@then("it is refused for want of a valid token")
async def answer_refused(story: Story) -> None:
    """Whatever it was."""
    refused = story.refusal()
    assert refused.status == 401, f"it should be refused for want of a valid token, but it was {refused}"
