"""Inputs: what is sent to OptiInfra and breaks its contract."""

from __future__ import annotations

from support.deeds.mistyping import (
    ask_mistaken,
    expect_mistakes_named,
    mistaken_setting,
    mistaken_sign_up,
    with_a_surplus_part,
    with_wrong_parts,
    without_parts,
)
from support.drivers.api.platform import Platform
from support.drivers.live import Live
from support.gherkin import then, when
from support.story import Story


@when("somebody signs up with {string} as {string}")
async def sign_up_mistaken(story: Story, platform: Platform, wrong: str, part: str) -> None:
    """Everything else about the sign-up is sound."""
    story.outcome = await mistaken_sign_up(platform, part, wrong)


@when("the customer sets {string} to {string}")
async def setting_mistaken(story: Story, platform: Platform, setting: str, wrong: str) -> None:
    """Nothing else."""
    story.outcome = await mistaken_setting(platform, story.customer, setting, wrong)


@when("each request of {string} is sent once without each part that it must have")
async def parts_left_out(story: Story, platform: Platform, target: Live, name: str) -> None:
    """Everything else about each request is sound."""
    story.mistaken = await ask_mistaken(platform, story.customer_named(name), without_parts(target.contract, story.customer_named(name)))


@when("each request of {string} is sent once with each part of another kind")
async def parts_mistaken(story: Story, platform: Platform, target: Live, name: str) -> None:
    """Everything else about each request is sound."""
    story.mistaken = await ask_mistaken(platform, story.customer_named(name), with_wrong_parts(target.contract, story.customer_named(name)))


@when("each request of {string} is sent once with a part that nobody knows")
async def parts_added(story: Story, platform: Platform, target: Live, name: str) -> None:
    """Everything else about each request is sound."""
    story.mistaken = await ask_mistaken(platform, story.customer_named(name), with_a_surplus_part(target.contract, story.customer_named(name)))


@then("each refusal names that part and the rule that it breaks")
async def mistakes_named(story: Story) -> None:
    """So that whoever sent it can mend it."""
    expect_mistakes_named(story.mistaken)


@then("it says {string}")
async def rule_said(story: Story, rule: str) -> None:
    """In the rule that the refusal names."""
    rules = "; ".join(error.rule for error in story.refusal().errors)
    assert rule in rules, f"the refusal should say {rule!r}, but it says: {rules or 'nothing'}"
