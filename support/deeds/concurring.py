"""Several changes of one fleet: begun one by one, and what must be true of them together."""

from __future__ import annotations

from collections.abc import Sequence

from support.deeds.changing import begin
from support.deeds.deciding import all_ended
from support.deeds.proposing import named
from support.drivers.api.answer import Refused, accepted
from support.drivers.api.conflicts import ResolutionExecuted
from support.drivers.api.optimizations import Optimization
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
from support.drivers.events import Timeline
from support.expectation import expect
from support.patience import Limit
from support.story import Customer, Story
from support.witness.overlap import meetings, spans


async def carried_out_first(platform: Platform, story: Story) -> Optimization:
    """The change that carries out the first of the scenario's recommendations; AssertionError when it has ended already."""
    change = await platform.optimizations.get(await begin(platform, story.recommendations[0]))
    expect(not change.ended, lambda: f"{named(story.recommendations[0])} should take time, but it is {change}")
    return change


async def settle_and_carry_out(platform: Platform, customer: Customer, sides: Sequence[Recommendation]) -> ResolutionExecuted | Refused:
    """What the platform answers to the customer who has the orchestrator's decision between them carried out."""
    decided = accepted(await platform.conflicts.settle(customer.id, [each.id for each in sides]))
    return await platform.conflicts.execute(decided.id)


async def expect_all_completed(platform: Platform, story: Story, within: Limit) -> None:
    """AssertionError when not every one of the scenario's recommendations is carried out to its end."""
    changes = {change.recommendation_id: change for change in await all_ended(platform, story, within)}
    missing = [named(each) for each in story.recommendations if each.id not in changes or changes[each.id].status != "completed"]
    expect(not missing, lambda: f"each should be carried out, but not: {', '.join(missing)}")


def expect_undecided(now: Sequence[Recommendation], told: Timeline) -> None:
    """AssertionError when one of these is decided, or the customer was told so."""
    ids = {each.id for each in now}
    decided = [f"{named(each)} is {each.status}" for each in now if each.status != "pending"]
    heard = [str(event) for event in told.of_type("recommendation_approved", "recommendation_rejected") if event.payload["recommendation_id"] in ids]
    expect(not decided and not heard, lambda: f"nothing should be decided, but: {'; '.join(decided or heard)}")


def expect_apart(story: Story, told: Timeline) -> None:
    """AssertionError when two changes were at work on one of the scenario's resources at once, or none was at work at all."""
    resources = {each.id: _touched(story.customer, each) for each in story.recommendations}
    worked = spans(told.events)
    expect(bool(worked), lambda: f"a change should have been at work, but the customer was told: {told}")
    together = meetings(told.events, resources)
    expect(not together, lambda: f"one change at a time should work on a resource, but {'; '.join(together)}")


def expect_side_by_side(story: Story, told: Timeline) -> None:
    """AssertionError when the changes of the scenario's recommendations were not all at work at one moment, by what the customer was told."""
    worked = spans(told.events)
    wanted = {each.id for each in story.recommendations}
    met = {span.recommendation for span in worked for other in worked if span is not other and span.meets(other)}
    expect(met == wanted, lambda: f"the changes should have been at work at the same time, but the customer was told: {told}")


def _touched(customer: Customer, recommendation: Recommendation) -> set[str]:
    """What a change of it works on: what is named, and every fleet of which a node is named, as a whole."""
    named = set(recommendation.affected_resources)
    return named | {f"deployment:{fleet.name}" for fleet in customer.deployments if named & set(fleet.instance_ids)}
