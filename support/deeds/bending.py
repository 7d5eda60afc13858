"""The customer's surroundings as a scenario wants them: the spot market's prices and risks, for every kind of node that could replace its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from decimal import ROUND_UP, Decimal
from typing import Any

from support.drivers.aws import REGION
from support.drivers.simulator import Simulator
from support.drivers.time import ControlledClock
from support.story import Customer

PLENTY = 1000
MANY_REQUESTS = "200"
HELD_UP = (
    ("ec2", "RunInstances"),
    ("elbv2", "CreateTargetGroup"),
    ("elbv2", "RegisterTargets"),
    ("elbv2", "ModifyListener"),
    ("elbv2", "DescribeTargetHealth"),
)


async def price_spot(simulator: Simulator, customer: Customer, share: Decimal) -> None:
    """From now on each spot node costs that share of its own on-demand price, in every zone."""
    listed = await hourly_prices(simulator, customer)
    await simulator.set_market(customer.account, REGION, [_pool(kind, price=str(share * price)) for kind, price in listed.items()])


async def interrupt_spot(simulator: Simulator, customer: Customer, rate: Decimal) -> None:
    """From now on the cloud takes back that share of such spot nodes a month, in every zone."""
    listed = await hourly_prices(simulator, customer)
    await simulator.set_market(customer.account, REGION, [_pool(kind, interruption_rate=str(rate)) for kind in listed])


async def exhaust_spot(simulator: Simulator, customer: Customer, room: Mapping[str, int] | None = None) -> None:
    """From now on no pool has room for another spot node, except for so many of the customer's own type in the zones that are named."""
    listed = await hourly_prices(simulator, customer)
    own = customer.persona.main_fleet.instance_type
    left = [_pool(own, availability_zone=zone, capacity=count) for zone, count in (room or {}).items()]
    await simulator.set_market(customer.account, REGION, [*(_pool(kind, capacity=0) for kind in listed), *left])


def free_zones(used: Collection[str]) -> list[str]:
    """The zones of the region in which nothing is."""
    return [zone for zone in (f"{REGION}{letter}" for letter in "abcdef") if zone not in used]


async def price_type(simulator: Simulator, account: str, instance_type: str, share: Decimal) -> None:
    """From now on spot nodes of that type cost that share of their on-demand price, in every zone, and are never taken back."""
    price = (await simulator.on_demand_prices()).prices[instance_type]
    await simulator.set_market(account, REGION, [_pool(instance_type, price=str(share * price), interruption_rate="0.01")])


async def succeed_on_spot(simulator: Simulator, customer: Customer, share: Decimal) -> None:
    """Of the requests that spot nodes take, that share succeeds; users send so many that a tenth of a percent can be told."""
    account, deployment = customer.account, customer.deployment.name
    await simulator.bend_deployment(account, deployment, requests_per_second=MANY_REQUESTS)
    await simulator.bend_deployment(account, deployment, success_rate=f"{share:.3f}", on={"lifecycle": "spot"})


async def start_slowly_on_spot(simulator: Simulator, customer: Customer, length: timedelta) -> None:
    """From now on a spot node loads its model for that long after its launch, and answers nothing meanwhile."""
    seconds = int(length.total_seconds())
    await simulator.bend_deployment(customer.account, customer.deployment.name, startup_seconds=seconds, on={"lifecycle": "spot"})


async def serve_on_spot(simulator: Simulator, customer: Customer, count: int) -> None:
    """The first wave gets this number of requests in a watch period: a tenth of what users send in 180 seconds."""
    rate = (Decimal(count) / 18).quantize(Decimal("0.0001"), ROUND_UP)
    await simulator.bend_deployment(customer.account, customer.deployment.name, requests_per_second=str(rate))


async def hold_up(simulator: Simulator, account: str) -> None:
    """Each kind of change is throttled so often that it takes a minute: pauses of 1, 2, 4, 8, 16 and 30 seconds."""
    for service, action in HELD_UP:
        await simulator.break_cloud(account, service, action, "throttle", times=6)


async def hourly_prices(simulator: Simulator, customer: Customer) -> Mapping[str, Decimal]:
    """On-demand prices, US dollars an hour, of every type of the families that the customer's fleets consist of."""
    families = {trait.instance_type.partition(".")[0] for trait in customer.persona.fleets}
    listed = (await simulator.on_demand_prices()).prices
    return {kind: price for kind, price in listed.items() if kind.partition(".")[0] in families}


def _pool(instance_type: str, **declared: Any) -> dict[str, Any]:  # noqa: ANN401  (as the control interface has it)
    return {"instance_type": instance_type, "availability_zone": "*"} | declared


async def refuse_for(simulator: Simulator, clock: ControlledClock, account: str, length: timedelta) -> None:
    """For that time, by the customer's clock, the cloud declines whatever OptiInfra asks of the account."""
    await simulator.break_cloud(account, "*", "*", "access_denied")
    await clock.advance(length)
    await simulator.mend_cloud(account)
