"""Conflicts: contradictions among recommendations, as the orchestrator reports them."""

from __future__ import annotations

from support.deeds.disagreeing import expect_circle_named, expect_circle_told, expect_conflict
from support.drivers.api.conflicts import Resolution
from support.drivers.events import Events
from support.gherkin import then
from support.story import Story


@then("one {conflict_kind} conflict of {severity} severity is reported between them")
async def conflict_reported(story: Story, kind: str, severity: str) -> None:
    """It concerns all of the scenario's recommendations, and there is no other."""
    expect_conflict(story, kind, severity)


@then("the circle is reported as a dependency conflict of {severity} severity")
async def circle_reported(story: Story, events: Events, severity: str) -> None:
    """To the customer who watches, as soon as it is found."""
    assert story.refusal().code == "dependency_circle", f"the circle should be the reason of the refusal, but it was {story.refusal()}"
    expect_circle_told(story, await events.of(story.customer.id, story.customer.owner), severity)


@then("the refusal names the whole circle")
async def circle_named(story: Story) -> None:
    """Who waits for whom, all the way round."""
    expect_circle_named(story)


@then("no conflict is reported")
async def no_conflict_reported(story: Story) -> None:
    """Everything that was asked about is carried out, and nothing is said to contradict anything."""
    decided = story.success(Resolution)
    wanted = {each.id for each in story.recommendations}
    assert (decided.conflict_detected, decided.conflicts) == (False, ()), f"nothing contradicts anything, but: {decided.conflicts}"
    assert set(decided.execution_order) == wanted, f"all {len(wanted)} should be carried out, but: {decided.execution_order}"
