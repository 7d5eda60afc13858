"""Changes that OptiInfra carries out without asking."""

from __future__ import annotations

from support.drivers.api.optimizations import Optimization
from support.drivers.api.platform import Platform
from support.drivers.cloud import Cloud
from support.expectation import expect
from support.patience import Limit
from support.story import Customer, Story
from support.waiting import eventually

ITSELF = "system"
"""Who decided, where OptiInfra did."""


async def change_unasked(platform: Platform, customer: Customer, within: Limit) -> Optimization:
    """The one completed change of the customer's fleet; AssertionError when there is none in time."""
    seen = await eventually(
        lambda: platform.optimizations.of(customer.id),
        holds=lambda changes: [change.status for change in changes] == ["completed"],
        within=within,
        because=f"OptiInfra should carry out one change of {customer.name}'s fleet by itself",
    )
    return seen[0]


async def expect_idle_node_ended(platform: Platform, cloud: Cloud, story: Story, change: Optimization) -> None:
    """AssertionError when a person has decided, the risk was not low, or another node than the idle one is gone."""
    carried_out = await platform.recommendations.get(str(change.recommendation_id))
    decision = (carried_out.decided_by, carried_out.risk_level, carried_out.type)
    expect(decision == (ITSELF, "low", "idle_termination"), lambda: f"OptiInfra itself should end an idle node at low risk, but it was {decision}")
    *busy, idle = story.customer.deployment.instance_ids
    running = {node.instance_id for node in await cloud.nodes_of(story.customer.account)}
    expect(running == set(busy), lambda: f"exactly {idle} should be gone, but {sorted(running)} of {(*busy, idle)} run")
