"""Waiting until OptiInfra knows a fleet."""

from __future__ import annotations

from support.drivers.api.fleets import Infrastructure
from support.drivers.api.platform import Platform
from support.patience import Limit
from support.story import Customer
from support.waiting import eventually


async def discovered(platform: Platform, customer: Customer, within: Limit) -> Infrastructure:
    """What OptiInfra knows, once discovery has ended; AssertionError with the reason where it has failed."""
    return await eventually(
        lambda: platform.fleets.of(customer.id),
        holds=lambda fleet: fleet.status == "discovered",
        within=within,
        because=f"OptiInfra should know the fleet of {customer.name}",
        until_terminal=lambda fleet: fleet.status == "failed",
    )
