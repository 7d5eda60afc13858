"""The customer's surroundings as a scenario wants them: the spot market's prices and risks, for every kind of node that could replace its own."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from support.drivers.aws import REGION
from support.drivers.simulator import Simulator
from support.story import Customer


async def price_spot(simulator: Simulator, customer: Customer, share: Decimal) -> None:
    """From now on each spot node costs that share of its own on-demand price, in every zone."""
    listed = await _like_its_own(simulator, customer)
    await simulator.set_market(customer.account, REGION, [_pool(kind, price=str(share * price)) for kind, price in listed.items()])


async def interrupt_spot(simulator: Simulator, customer: Customer, rate: Decimal) -> None:
    """From now on the cloud takes back that share of such spot nodes a month, in every zone."""
    listed = await _like_its_own(simulator, customer)
    await simulator.set_market(customer.account, REGION, [_pool(kind, interruption_rate=str(rate)) for kind in listed])


async def _like_its_own(simulator: Simulator, customer: Customer) -> Mapping[str, Decimal]:
    """On-demand prices, US dollars an hour, of every type of the families that the customer's fleets consist of."""
    families = {trait.instance_type.partition(".")[0] for trait in customer.persona.fleets}
    listed = (await simulator.on_demand_prices()).prices
    return {kind: price for kind, price in listed.items() if kind.partition(".")[0] in families}


def _pool(instance_type: str, **declared: Any) -> dict[str, Any]:  # noqa: ANN401  (as the control interface has it)
    return {"instance_type": instance_type, "availability_zone": "*", **declared}
