"""What agents of the customer hand in, sound and unsound, and what must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from support.deeds.proposing import proposal, runtime_of
from support.drivers.api.answer import Refused, accepted
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
from support.drivers.events import Timeline
from support.expectation import expect
from support.story import Customer

TITLE = "Handed in for a trial"
NOWHERE = "i-0123456789abcdef0"
EXISTING = "an existing dependency"
MORE = "one unknown node more"

CONTENTS: Mapping[str, Mapping[str, Any]] = {
    "a confidence above 1": {"confidence": "1.01"},
    "a confidence below 0": {"confidence": "-0.01"},
    "a confidence of no number": {"confidence": "NaN"},
    "a negative saving": {"estimated_savings": "-0.01"},
    "an unknown risk": {"risk_level": "extreme"},
    "a missing dependency": {"dependencies": ["rec_00000000000000000000"]},
    "an unknown node": {"affected_resources": [NOWHERE]},
    MORE: {},
    "a confidence of 1": {"confidence": "1"},
    "a confidence of 0": {"confidence": "0"},
    "a saving of nothing": {"estimated_savings": "0.00"},
    EXISTING: {},
}
"""What is particular about a recommendation (the words of the parameter type `content`), and how it is handed in. The rest of it is sound."""


async def hand_in(platform: Platform, customer: Customer, content: str) -> Recommendation | Refused:
    """What the platform answers to an agent that hands in a recommendation about the customer's first node with that content."""
    agents, nodes = await runtime_of(platform, customer), customer.deployment.instance_ids
    particular = dict(CONTENTS[content])
    if content == MORE:
        particular["affected_resources"] = [nodes[0], NOWHERE]
    if content == EXISTING:
        needed = accepted(await agents.recommendations.submit(customer.id, proposal("performance", "stay_on_demand", nodes[-1:])))
        particular["dependencies"] = [needed.id]
    return await agents.recommendations.submit(customer.id, _whole(nodes[:1], particular))


async def hand_in_for(platform: Platform, customer: Customer, other: Customer) -> Recommendation | Refused:
    """What the platform answers to the customer's agent that recommends something for a node of its own and one of another customer's."""
    agents = await runtime_of(platform.acting_as(customer.owner), customer)
    foreign = (customer.deployment.instance_ids[0], other.deployment.instance_ids[0])
    return await agents.recommendations.submit(customer.id, _whole(foreign, {}))


def expect_nothing_kept(listed: tuple[Recommendation, ...], told: Timeline) -> None:
    """AssertionError when what was refused is among the customer's recommendations, or was told to the customer."""
    kept = [str(each) for each in listed if each.title == TITLE]
    heard = [str(event) for event in told.of_type("recommendation_created") if event.payload.get("title") == TITLE]
    expect(not kept and not heard, lambda: f"nothing of what was refused should be kept or told, but: {kept or heard}")


def expect_kept(answered: Recommendation, listed: tuple[Recommendation, ...], content: str) -> None:
    """AssertionError when the recommendation is not on record with exactly the content that was handed in."""
    seen = next((each for each in listed if each.id == answered.id), None)
    expect(seen == answered and answered.status == "pending", lambda: f"{answered} should be on record as answered, but there is {seen}")
    wanted = {name: str(value) for name, value in CONTENTS[content].items()}
    kept = {name: format(getattr(answered, name), ".2f" if name == "estimated_savings" else "f") for name in wanted}
    expect(kept == wanted, lambda: f"it should be kept as {wanted}, but it is {kept}")


def _whole(nodes: tuple[str, ...], particular: Mapping[str, Any]) -> dict[str, Any]:
    return {**proposal("cost", "idle_termination", nodes), "title": TITLE, **particular}
