"""What a node carries, and what another size could carry."""

from __future__ import annotations

from decimal import Decimal

from support.deeds.analysing import expect_everybody_looked
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
from support.drivers.cloud import Cloud, NodeKind
from support.expectation import expect
from support.patience import Limit
from support.story import Customer

SPEED = {"NVIDIA T4": 320, "NVIDIA L4": 300, "NVIDIA A10G": 600, "NVIDIA L40S": 864}
"""GB/s that one accelerator reads from its memory, by NVIDIA's data sheets: what decides how many tokens it makes."""


async def expect_holds_the_peak(customer: Customer, offer: Recommendation, cloud: Cloud) -> None:
    """AssertionError when the size that is recommended reads less than the busiest minutes of the present one, or saves nothing."""
    present, target = customer.persona.main_fleet.instance_type, str(offer.details["target_instance_type"])
    kinds = await cloud.kinds_of(customer.account, {present, target})
    peak = Decimal(str(offer.details["peak_utilization"])) / 100
    needed, offered = _speed(kinds[present]) * peak, _speed(kinds[target])
    told = f"{target} reads {offered} GB/s, and the busiest minutes on {present} need {needed}"
    expect(offered >= needed and offer.estimated_savings > 0, lambda: f"{offer} should hold the peak and save something, but: {told}")


async def expect_same_size_always(platform: Platform, customer: Customer, within: Limit) -> None:
    """AssertionError when, after every agent has looked, another size is recommended or ever was."""
    await expect_everybody_looked(platform, customer, "discovery", within)
    others = [each for each in await platform.recommendations.of(customer.id) if each.type == "rightsizing"]
    expect(not others, lambda: f"{customer.name}'s nodes should keep their size, but: {', '.join(each.title for each in others)}")


def _speed(kind: NodeKind) -> Decimal:
    return Decimal(SPEED[kind.accelerator] * kind.accelerators)
