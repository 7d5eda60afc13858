"""Refusals: what OptiInfra declines, and what it says then."""

from __future__ import annotations

from support.deeds.refusing import expect_named
from support.gherkin import then
from support.story import Story


@then("the refusal names {string}")
async def refusal_named(story: Story, what: str) -> None:
    """What of the request broke a rule, and which rule."""
    expect_named(story.refusal(), what)


@then("the request is refused because {string}")
async def refusal_reasoned(story: Story, reason: str) -> None:
    """In words that the customer can read."""
    refused = story.refusal()
    assert reason in refused.reason, f"the request should be refused because {reason!r}, but it was {refused}"
