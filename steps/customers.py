"""Customers: who they are, how they come to OptiInfra, and what they have declared."""

from __future__ import annotations

from support.deeds.discovering import discovered
from support.drivers.api.answer import accepted
from support.drivers.api.platform import Platform
from support.drivers.events import Events
from support.gherkin import given, then, when
from support.newcomers import Newcomers
from support.patience import Patience
from support.personas import behaving, persona
from support.story import Story
from support.vocabulary import Percent
from support.witness.traffic import TrafficWitness, expect_no_request_lost


@given("customer {string} runs {count} inference node/nodes on demand")
async def customer_with_fleet(story: Story, newcomers: Newcomers, platform: Platform, patience: Patience, name: str, count: int) -> None:
    """A persona whose fleet OptiInfra has already discovered."""
    story.introduce(await newcomers.join(persona(name), count))
    await discovered(platform, story.customer, patience.discovery)


@given("customer {string} runs {count} inference node/nodes that answer/answers {percent} of known questions right")
async def customer_with_fallible_fleet(
    story: Story, newcomers: Newcomers, platform: Platform, patience: Patience, name: str, count: int, share: Percent
) -> None:
    """Its models have been that good from the beginning."""
    story.introduce(await newcomers.join(behaving(persona(name), accuracy=f"{share.ratio:.3f}"), count))
    await discovered(platform, story.customer, patience.discovery)


@given("customer {string} runs {count} inference node/nodes that answer/answers no question")
async def customer_with_dumb_fleet(story: Story, newcomers: Newcomers, platform: Platform, patience: Patience, name: str, count: int) -> None:
    """Its model servers decline every question from the beginning, and tell their figures."""
    story.introduce(await newcomers.join(behaving(persona(name), answering=False), count))
    await discovered(platform, story.customer, patience.discovery)


@given("customer {string} runs {count} inference nodes, {count} of which tolerate/tolerates no interruption")
async def customer_with_firm_nodes(
    story: Story, newcomers: Newcomers, platform: Platform, patience: Patience, name: str, count: int, firm: int
) -> None:
    """All on demand; the owner has marked the nodes that must not be interrupted."""
    estate = await newcomers.build(persona(name), count)
    await newcomers.harden(estate, firm)
    story.introduce(await newcomers.bring(estate))
    await discovered(platform, story.customer, patience.discovery)


@given("customer {string} has signed up")
async def customer_signed_up(story: Story, newcomers: Newcomers, name: str) -> None:
    """A persona that OptiInfra knows, and of whose cloud it knows nothing."""
    story.introduce(await newcomers.greet(persona(name)))


@given("a company like {string} with {count} inference node/nodes on demand")
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


@given("its policy allows interruptible capacity")
async def interruption_allowed(story: Story, platform: Platform) -> None:
    """The customer has changed its mind about it."""
    accepted(await platform.customers.change_settings(story.customer.id, interruptible_capacity_allowed=True))


@given("its users are promised answers within {int} milliseconds")
async def latency_promised(story: Story, platform: Platform, longest: int) -> None:
    """The latency that 95% of the requests may not exceed."""
    accepted(await platform.customers.change_settings(story.customer.id, p95_objective_ms=longest))


@given("the customer's users ask without a pause")
async def users_asking(story: Story, traffic: TrafficWitness) -> None:
    """Requests go through the customer's front door for as long as time passes."""
    story.users = await traffic.watch(story.customer.account, story.customer.deployment.front_door)


@when("the company signs up and lets OptiInfra into its cloud")
async def company_joined(story: Story, newcomers: Newcomers, events: Events) -> None:
    """Sign-up, login, the role for OptiInfra, the onboarding; and a look at the live events from then on."""
    story.introduce(await newcomers.bring(story.estate))
    await events.of(story.customer.id, story.customer.owner)


@when("its policy forbids interruptible capacity")
async def interruption_forbidden(story: Story, platform: Platform) -> None:
    """The customer changes its mind about it."""
    story.outcome = accepted(await platform.customers.change_settings(story.customer.id, interruptible_capacity_allowed=False))


@then("no customer request was lost", verifies="REQ-SPT-010")
async def no_request_lost(story: Story) -> None:
    """By what the users themselves have seen; too few requests prove nothing."""
    expect_no_request_lost(story.users)
