"""How a customer's models answer, as a scenario wants it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from support.drivers.simulator import Simulator
from support.drivers.time import ControlledClock
from support.story import Customer, Period

MANY_REQUESTS = "10000"
"""A second: the tenth that the first wave serves of them in a minute is a multiple of ten thousand."""

A_MOMENT = timedelta(microseconds=1)
LOOK_EVERY = timedelta(minutes=5)
"""OptiInfra looks at a fleet at rest that often, and once at least whenever time jumps."""


async def answer_on_spot(simulator: Simulator, customer: Customer, **behaviour: Any) -> None:  # noqa: ANN401  (as the control interface has it)
    """The models on spot behave so from now on, those on demand as before."""
    await simulator.bend_deployment(customer.account, customer.deployment.name, on={"lifecycle": "spot"}, **behaviour)


async def answer_twice_as_fast(simulator: Simulator, customer: Customer, accuracy: Decimal) -> None:
    """The models on spot take half of the time that the customer's models have taken so far, and answer that share right."""
    usual = customer.persona.main_fleet.behaviour["base_latency_ms"]
    await answer_on_spot(simulator, customer, accuracy=f"{accuracy:.3f}", base_latency_ms={name: value / 2 for name, value in usual.items()})


async def fail_on_spot(simulator: Simulator, customer: Customer, share: Decimal) -> None:
    """That share of the requests to models on spot ends with an error."""
    await simulator.bend_deployment(customer.account, customer.deployment.name, requests_per_second=MANY_REQUESTS)
    await answer_on_spot(simulator, customer, error_rate=f"{share:.4f}")


async def answer_for(simulator: Simulator, clock: ControlledClock, customer: Customer, accuracy: Decimal, length: timedelta) -> Period:
    """Lets that much time pass with models of that accuracy."""
    await simulator.bend_deployment(customer.account, customer.deployment.name, accuracy=f"{accuracy:.3f}")
    begun = now = await clock.now()
    while now < begun + length:
        now = await clock.advance(min(LOOK_EVERY, begun + length - now))
    return Period(begun + A_MOMENT, now)
