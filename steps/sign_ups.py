"""Sign-ups: how a company becomes a customer, and what it is told when it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.deeds.signing_up import expect_account, expect_flaw_named, expect_in, expect_nothing_told, expect_out, flawed, rival_of
from support.drivers.api.answer import accepted
from support.drivers.api.identity import SignedUp
from support.drivers.api.platform import Platform
from support.gherkin import given, then, when
from support.newcomers import Newcomers
from support.story import Story
from support.words import Plan

if TYPE_CHECKING:
    from support.drivers.records import Records


@given("a company has signed up")
async def company_known(story: Story, newcomers: Newcomers) -> None:
    """It is a customer and has done nothing else yet."""
    story.company = newcomers.company("Northwind", "pro")
    accepted(await newcomers.enrol(story.company))


@when("a company signs up on the {plan} plan")
async def company_signed_up(story: Story, newcomers: Newcomers, plan: Plan) -> None:
    """With an e-mail address that nobody has used before."""
    story.company = newcomers.company("Northwind", plan)
    story.outcome = await newcomers.enrol(story.company)


@when("a company signs up with {string} as its {detail}")
async def flawed_sign_up(story: Story, newcomers: Newcomers, entry: str, detail: str) -> None:
    """Everything else is as it should be."""
    story.company = flawed(newcomers, detail, entry)
    story.outcome = await newcomers.enrol(story.company)


@when("another company signs up with the same e-mail address")
async def address_used_again(story: Story, newcomers: Newcomers) -> None:
    """With another password."""
    story.rival = rival_of(newcomers, story.company)
    story.outcome = await newcomers.enrol(story.rival)


@when("another company signs up with the same e-mail address in capitals")
async def address_in_capitals(story: Story, newcomers: Newcomers) -> None:
    """People write their address as they like; it reaches the same person."""
    story.rival = rival_of(newcomers, story.company, capitals=True)
    story.outcome = await newcomers.enrol(story.rival)


@when("another company signs up with an e-mail address of its own")
async def stranger_signed_up(story: Story, newcomers: Newcomers) -> None:
    """Nothing of it is the first company's."""
    story.rival = newcomers.company("Contoso", "free")
    story.outcome = await newcomers.enrol(story.rival)


@then("the company can log in")
async def company_is_in(story: Story, platform: Platform) -> None:
    """With what it signed up with, and it sees itself alone."""
    await expect_in(platform, story.company, story.success(SignedUp))


@then("its account carries its name and the {plan} plan")
async def account_as_asked(story: Story, platform: Platform, records: Records, plan: Plan) -> None:
    """As it is shown and as it is on record."""
    await expect_account(platform, records, story, plan)


@then("the refusal names the {detail} and the rule that it breaks")
async def flaw_named(story: Story, detail: str) -> None:
    """That and nothing else."""
    expect_flaw_named(story.refusal(), detail)


@then("the company cannot log in")
async def company_is_out(story: Story, platform: Platform) -> None:
    """What was refused has left nothing behind."""
    await expect_out(platform, story.company)


@then("the refusal does not tell that the address is known")
async def refusal_discreet(story: Story) -> None:
    """Neither in words nor by naming what was wrong."""
    expect_nothing_told(story.refusal())


@then("the second company can log in")
async def rival_is_in(story: Story, platform: Platform) -> None:
    """It is a customer of its own."""
    await expect_in(platform, story.rival, story.success(SignedUp))


@then("the second company cannot log in")
async def rival_is_out(story: Story, platform: Platform) -> None:
    """Its password opens nothing."""
    await expect_out(platform, story.rival)


@then("the first company still logs in with its own password")
async def first_company_unharmed(story: Story, platform: Platform) -> None:
    """Whatever the other has tried."""
    await expect_in(platform, story.company)
