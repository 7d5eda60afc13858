"""Onboardings: how a customer lets OptiInfra into its cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.deeds.onboarding import (
    expect_entered_by_role,
    expect_no_key_kept,
    expect_nothing_half_onboarded,
    expect_onboarded_by_role,
    expect_reason_to_act_on,
    expect_role_asked_for,
    offer_foreign_role,
    offer_keys,
    offer_no_role,
    offer_role,
    onboarding_ended,
)
from support.drivers.api.answer import accepted
from support.drivers.api.platform import Platform
from support.drivers.simulator import Simulator
from support.gherkin import given, then, when
from support.newcomers import Newcomers
from support.patience import Patience
from support.story import Story

if TYPE_CHECKING:
    from support.drivers.records import Records


@given("the company has signed up")
async def estate_signed_up(story: Story, newcomers: Newcomers) -> None:
    """It is a customer, and OptiInfra knows nothing of its cloud."""
    story.introduce(await newcomers.sign_up(story.estate))


@given("the customer has offered a role that does not exist")
async def onboarding_failed(story: Story, platform: Platform, patience: Patience) -> None:
    """The onboarding has failed for that."""
    accepted(await offer_no_role(platform, story.customer))
    await onboarding_ended(platform, story.customer, "onboarding_failed", patience.discovery)


@when("the customer lets OptiInfra assume a role in its cloud")
async def role_offered(story: Story, newcomers: Newcomers) -> None:
    """The role demands what OptiInfra has asked it to demand."""
    story.outcome = await offer_role(newcomers, story.customer)


@when("the customer offers keys to its cloud instead of a role")
async def keys_offered(story: Story, platform: Platform) -> None:
    """Some do, since it is less work."""
    story.outcome = await offer_keys(platform, story.customer)


@when("the customer offers a role that does not exist")
async def missing_role_offered(story: Story, platform: Platform) -> None:
    """Nobody has made it in the customer's cloud."""
    story.outcome = await offer_no_role(platform, story.customer)


@when("the customer offers a role that trusts another customer of OptiInfra")
async def foreign_role_offered(story: Story, platform: Platform, simulator: Simulator) -> None:
    """It exists, and demands that OptiInfra comes on behalf of somebody else."""
    story.outcome = await offer_foreign_role(platform, simulator, story.customer)


@then("the customer is onboarded")
async def customer_onboarded(story: Story, platform: Platform, patience: Patience) -> None:
    """With provider, region and role."""
    expect_onboarded_by_role(await onboarding_ended(platform, story.customer, "active", patience.discovery), story.customer)


@then("OptiInfra has entered the cloud by that role alone")
async def entered_by_role(story: Story, simulator: Simulator) -> None:
    """By the cloud's own record of who asked for what."""
    expect_entered_by_role(await simulator.calls(story.customer.account), story.customer)


@then("no key to the customer's cloud is on record")
async def no_key_kept(story: Story, records: Records) -> None:
    """Neither the customer's own nor a temporary one."""
    await expect_no_key_kept(records, story.customer)


@then("the refusal asks for a role and takes no key")
async def role_asked_for(story: Story) -> None:
    """The customer learns what is wanted."""
    expect_role_asked_for(story.refusal())


@then("nothing of the customer is half onboarded")
async def nothing_half_onboarded(story: Story, platform: Platform, records: Records) -> None:
    """Neither shown nor on record."""
    await expect_nothing_half_onboarded(platform, records, story.customer)


@then("the onboarding fails and the reason names role and remedy")
async def onboarding_refused(story: Story, platform: Platform, patience: Patience) -> None:
    """The customer can act on it."""
    expect_reason_to_act_on(await onboarding_ended(platform, story.customer, "onboarding_failed", patience.discovery), story.customer)
