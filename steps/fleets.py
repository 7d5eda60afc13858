"""Fleets: what OptiInfra knows of them, and what really runs in the customer's cloud."""

from __future__ import annotations

from dataclasses import replace

from support.deeds.comparing import Comparison
from support.deeds.discovering import discovered
from support.drivers.api.platform import Platform
from support.drivers.cloud import Cloud
from support.drivers.simulator import Simulator
from support.gherkin import then
from support.patience import Patience
from support.story import Story
from support.vocabulary import Duration, Percent
from support.waiting import eventually
from support.witness.inventory import expect_described, expect_same_inventory, is_whole
from support.witness.likeness import expect_like_for_like, expect_set_up_alike, expect_spread
from support.witness.rollout import expect_old_capacity_last, expect_only_ended
from support.witness.state import expect_as_before


@then("OptiInfra knows the whole fleet and nothing else", verifies="REQ-JRN-004")
async def fleet_discovered(story: Story, platform: Platform, cloud: Cloud, patience: Patience) -> None:
    """The discovered inventory is what AWS shows to the account's owner."""
    known = await discovered(platform, story.customer, patience.discovery)
    expect_same_inventory(known, await cloud.capacity_of(story.customer.account))


@then("OptiInfra knows the whole fleet within {duration}", verifies="REQ-JRN-004")
async def fleet_followed(story: Story, platform: Platform, cloud: Cloud, patience: Patience, limit: Duration) -> None:
    """Whatever was launched meanwhile is found by itself."""
    capacity = await cloud.capacity_of(story.customer.account)
    within = replace(patience.monitoring, length=limit)
    because = f"OptiInfra should know the {len(capacity.nodes)} nodes that run by now"
    await eventually(lambda: platform.fleets.of(story.customer.id), holds=lambda known: is_whole(known, capacity), within=within, because=because)


@then("what OptiInfra knows of {string} is the fleet of {string} alone", verifies="REQ-JRN-004")
async def neighbour_apart(story: Story, platform: Platform, cloud: Cloud, name: str, owner: str) -> None:
    """Each sees its own, with its own login."""
    known = await platform.acting_as(story.customer_named(name).owner).fleets.of(story.customer_named(name).id)
    expect_same_inventory(known, await cloud.capacity_of(story.customer_named(owner).account))


@then("every deployment is known with its model, its settings and its traffic", verifies="REQ-JRN-004")
async def deployments_described(story: Story, platform: Platform, cloud: Cloud) -> None:
    """As the cloud has them."""
    expect_described(await platform.fleets.of(story.customer.id), await cloud.fleet_of(story.customer.account))


@then("{percent} of the fleet runs on spot")
async def spot_share_reached(story: Story, cloud: Cloud, patience: Patience, share: Percent) -> None:
    """By what AWS says, not by what the platform says."""
    await eventually(
        lambda: cloud.capacity_of(story.customer.account),
        holds=lambda capacity: capacity.spot_share == share and len(capacity.nodes) == story.customer.deployment.size,
        within=patience.wave,
        because=f"{share} of {story.customer.name}'s fleet should run on spot",
    )


@then("the whole fleet runs on demand again", verifies="REQ-SPT-009")
async def fleet_back_on_demand(story: Story, cloud: Cloud, patience: Patience) -> None:
    """Every node is on demand and no traffic goes to spot."""
    await eventually(
        lambda: cloud.fleet_of(story.customer.account),
        holds=lambda fleet: len(fleet.on("on_demand")) == len(fleet.nodes) == story.customer.deployment.size and fleet.traffic_on_spot == 0,
        within=patience.rollback,
        because=f"the whole fleet of {story.customer.name} should run on demand again, and no traffic go to spot",
    )


@then("the fleet is exactly as it was before")
async def fleet_as_before(story: Story, cloud: Cloud, comparison: Comparison) -> None:
    """Instances, traffic shares and settings."""
    expect_as_before(comparison.before, await cloud.fleet_of(story.customer.account))


@then("on-demand capacity was ended last, when healthy spot capacity had its traffic")
async def old_capacity_last(story: Story, simulator: Simulator) -> None:
    """By the cloud's own record of calls and of usage."""
    account, replaced = story.customer.account, story.recommendation.affected_resources
    expect_old_capacity_last(await simulator.calls(account), await simulator.usage(account), story.customer.deployment.instance_ids, replaced)


@then("only the {count} replaced nodes were ended")
async def only_replaced_ended(story: Story, simulator: Simulator, count: int) -> None:
    """Of all nodes of the customer's own."""
    replaced = story.recommendation.affected_resources[:count]
    expect_only_ended(await simulator.usage(story.customer.account), story.customer.deployment.instance_ids, replaced)


@then("none of the customer's own nodes was ended", verifies="REQ-SPT-012")
async def none_ended(story: Story, simulator: Simulator) -> None:
    """At no time, not even to be started again."""
    expect_only_ended(await simulator.usage(story.customer.account), story.customer.deployment.instance_ids, ())


@then("the new nodes are at least as large and of the same accelerator")
async def nodes_alike(story: Story, cloud: Cloud) -> None:
    """By what the cloud itself publishes of each kind of node."""
    nodes = await cloud.nodes_of(story.customer.account)
    own = story.customer.persona.main_fleet.instance_type
    expect_like_for_like(await cloud.kinds_of(story.customer.account, {own, *(node.instance_type for node in nodes)}), own, nodes)


@then("the new nodes are set up like the old ones")
async def nodes_set_up_alike(story: Story, cloud: Cloud) -> None:
    """Image, user data, network, security groups and key, as the cloud tells them."""
    account, new = story.customer.account, await cloud.nodes_of(story.customer.account)
    own = await cloud.set_up_of(account, story.customer.deployment.instance_ids)
    expect_set_up_alike(own, await cloud.set_up_of(account, [node.instance_id for node in new if node.optimization is not None]))


@then("the new nodes come from at least {count} pools")
async def nodes_spread(story: Story, cloud: Cloud, least: int) -> None:
    """Kinds of nodes in zones: what the cloud takes back together."""
    expect_spread(await cloud.nodes_of(story.customer.account), least)
