"""Audits: what the audit trail shows of a change."""

from __future__ import annotations

from support.deeds.auditing import expect_unbroken, expect_whole_change, expect_whole_rollback, trigger_of
from support.drivers.api.platform import Platform
from support.gherkin import then
from support.story import Story


@then("the audit trail shows the rollback's trigger, every step undone and its result")
async def rollback_on_trail(story: Story, auditor: Platform) -> None:
    """In order, each once, in a chain without gaps."""
    trail = await auditor.audit.of(story.customer.id)
    expect_whole_rollback(trail, await auditor.optimizations.get(story.change_id))
    expect_unbroken(trail)


@then("the audit trail shows the change's beginning, end and booking once, without a gap")
async def change_on_trail(story: Story, auditor: Platform) -> None:
    """Whatever happened to OptiInfra meanwhile."""
    trail = await auditor.audit.of(story.customer.id)
    expect_whole_change(trail, story.optimization)
    expect_unbroken(trail)


@then("the audit trail names {trigger} as the trigger, and nobody who asked")
async def trigger_on_trail(story: Story, auditor: Platform, trigger: str) -> None:
    """OptiInfra has noticed by itself."""
    seen = trigger_of(await auditor.audit.of(story.customer.id), story.optimization)
    assert seen == (trigger, "system"), f"the trigger on record should be {trigger}, noticed by the system, but it is {seen}"


@then("the audit trail names the customer who asked as the trigger")
async def customer_on_trail(story: Story, platform: Platform, auditor: Platform) -> None:
    """The very user who has approved the change before."""
    approved = (await platform.recommendations.get(story.recommendation.id)).decided_by
    seen = trigger_of(await auditor.audit.of(story.customer.id), story.optimization)
    assert seen == ("customer", approved), f"the trigger on record should be the customer's user {approved}, but it is {seen}"
