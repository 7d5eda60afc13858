"""Customers: who they are, how they come to OptiInfra, and what they have declared."""

from __future__ import annotations

from support.discovering import discovered
from support.drivers.api.answer import accepted
from support.drivers.api.platform import Platform
from support.drivers.events import Events
from support.gherkin import given, then, when
from support.newcomers import Newcomers
from support.patience import Patience
from support.personas import persona
from support.story import Story
from support.witness.traffic import TrafficWitness, expect_no_request_lost


@given("customer {string} runs {count} inference node(s) on demand")
async def customer_with_fleet(story: Story, newcomers: Newcomers, platform: Platform, patience: Patience, name: str, count: int) -> None:
    """A persona whose fleet OptiInfra has already discovered."""
    story.introduce(await newcomers.join(persona(name), count))
    await discovered(platform, story.customer, patience.discovery)


@given("a company like {string} with {count} inference node(s) on demand")
async def company_with_fleet(story: Story, newcomers: Newcomers, name: str, count: int) -> None:
    """A fleet in a cloud of which OptiInfra knows nothing yet."""
    story.estate = await newcomers.build(persona(name), count)


@given("the customer prefers {preference}")
async def preference_declared(story: Story, platform: Platform, preference: str) -> None:
    """What counts most for the customer."""
    accepted(await platform.customers.change_settings(story.customer.id, preference=preference))


@given("the customer has declared no preference")
async def no_preference_declared(story: Story, platform: Platform) -> None:
    """The customer leaves the order to OptiInfra."""
    accepted(await platform.customers.change_settings(story.customer.id, preference="none"))


@given("the customer's users ask without a pause")
async def users_asking(story: Story, traffic: TrafficWitness) -> None:
    """Requests go through the customer's front door for as long as time passes."""
    story.users = await traffic.watch(story.customer.account, story.customer.deployment.front_door)


@when("the company signs up and lets OptiInfra into its cloud")
async def company_joined(story: Story, newcomers: Newcomers, events: Events) -> None:
    """Sign-up, login, the role for OptiInfra, the onboarding; and a look at the live events from then on."""
    story.introduce(await newcomers.bring(story.estate))
    await events.of(story.customer.id, story.customer.owner)


@then("no customer request was lost", verifies="REQ-SPT-010")
async def no_request_lost(story: Story) -> None:
    """By what the users themselves have seen; too few requests prove nothing."""
    expect_no_request_lost(story.users)
