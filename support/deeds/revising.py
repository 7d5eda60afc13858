"""Recommendations that change while somebody decides on them."""

from __future__ import annotations

from decimal import Decimal

from support.deeds.changing import ended
from support.deeds.proposing import runtime_of
from support.drivers.api.answer import Refused, accepted
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
from support.expectation import expect
from support.patience import Limit
from support.story import Customer, Story

MUCH_CHEAPER = Decimal("0.20")
"""A spot price, as a share of the on-demand price, at which every estimate of before is out of date."""


async def revised(platform: Platform, customer: Customer, seen: Recommendation) -> Recommendation:
    """The recommendation after its agent has come to expect a tenth more of it."""
    agents = await runtime_of(platform, customer)
    more = str((seen.estimated_savings * Decimal("1.1") + 1).quantize(Decimal("0.01")))
    return accepted(await agents.recommendations.revise(seen.id, estimated_savings=more, version=seen.version))


def expect_shown(refused: Refused, current: Recommendation, version: int) -> None:
    """AssertionError when the refusal is not for an outdated version, or shows another than the current one."""
    seen = (refused.code, refused.current_version, current.version)
    expect(seen == ("stale_version", version, version), lambda: f"version {version} should be shown as the current one, but: {refused}; {seen}")


async def expect_current_carried_out(platform: Platform, story: Story, within: Limit) -> None:
    """AssertionError when the change does not complete, or the recommendation on record is not the version that was approved."""
    story.optimization = await ended(platform, story.change_id, "completed", within)
    now, approved = await platform.recommendations.get(story.recommendation.id), story.recommendation
    same = (now.version, now.estimated_savings, now.status) == (approved.version, approved.estimated_savings, "completed")
    expect(same, lambda: f"{approved}, version {approved.version}, should be carried out, but there is {now}, version {now.version}")
