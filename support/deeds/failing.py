"""The cloud as it makes one chosen step of a migration fail, or a rollback impossible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from support.deeds.bending import hourly_prices
from support.drivers.aws import REGION
from support.drivers.simulator import Simulator
from support.story import Customer

SECOND_WATCH = timedelta(minutes=4)
"""After the approval: the first watch period is over, the second is not."""
DEAR = Decimal("0.99")
"""Of the on-demand price: more than makes a migration worth while."""


@dataclass(frozen=True)
class _Refusal:
    """Of the calls of one action, the one that follows `after` others is refused once."""

    service: str
    action: str
    after: int = 0


REFUSALS: Mapping[str, _Refusal] = {
    "create_spot_instances": _Refusal("ec2", "RunInstances"),
    "deploy_canary": _Refusal("elbv2", "CreateTargetGroup"),
    "scale_to_50_percent": _Refusal("elbv2", "ModifyListener", 1),
    "full_migration": _Refusal("ec2", "RunInstances", 1),
    "terminate_ondemand": _Refusal("ec2", "TerminateInstances"),
}
"""Which refusal fails which step of a migration of two nodes, whose first node is launched with the first wave and whose second with the last.
A watch period fails by what is observed in it."""


async def fail_step(simulator: Simulator, customer: Customer, step: str, now: datetime) -> None:
    """Arranges the failure; nothing has gone wrong yet on return."""
    if step in REFUSALS:
        refusal = REFUSALS[step]
        await simulator.break_cloud(customer.account, refusal.service, refusal.action, "access_denied", times=1, after=refusal.after)
    elif step == "validate_canary":
        await simulator.bend_deployment(customer.account, customer.deployment.name, accuracy="0.900", on={"lifecycle": "spot"})
    else:
        await _price_later(simulator, customer, now + SECOND_WATCH)


async def _price_later(simulator: Simulator, customer: Customer, moment: datetime) -> None:
    listed = await hourly_prices(simulator, customer)
    pools = [
        {
            "instance_type": kind,
            "availability_zone": "*",
            "price": {"steps": [[(moment - timedelta(days=30)).isoformat(), str(price / 3)], [moment.isoformat(), str(price * DEAR)]]},
        }
        for kind, price in listed.items()
    ]
    await simulator.set_market(customer.account, REGION, pools)
