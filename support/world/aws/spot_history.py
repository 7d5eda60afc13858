"""DescribeSpotPriceHistory: the market's prices in AWS's shape, in pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from support.world.aws.errors import Declined
from support.world.aws.market import Market, Step
from support.world.aws.on_demand import price_list

MOST = 1000


def page(  # noqa: PLR0913, RUF100  (the parameters of the AWS operation)
    market: Market,
    region: str,
    period: tuple[datetime, datetime],
    types: Sequence[str],
    zones: Collection[str] | None,
    size: int,
    token: str | None,
) -> dict[str, Any]:
    """One page of the history: newest first, then by type and zone. Raises Declined on a token that was not ours."""
    if token and not token.isdigit():
        raise Declined("InvalidNextToken", "The token is not valid.")
    entries = [
        (step, instance_type, zone)
        for instance_type in sorted(set(types)) or sorted(price_list().prices)
        for zone in offered(region, instance_type)
        if zones is None or zone in zones
        for step in market.steps(instance_type, zone, *period)
    ]
    entries.sort(key=lambda entry: entry[0].time, reverse=True)
    first, count = int(token or 0), min(max(size, 1), MOST)
    shown = entries[first : first + count]
    following = str(first + count) if first + count < len(entries) else ""
    return {"SpotPriceHistory": [_entry(*entry) for entry in shown], "NextToken": following}


@cache
def offered(region: str, instance_type: str) -> tuple[str, ...]:
    """The availability zones of the region in which AWS sells the type."""
    from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS

    offerings = INSTANCE_TYPE_OFFERINGS["availability-zone"].get(region, [])
    return tuple(sorted(str(offering["Location"]) for offering in offerings if offering["InstanceType"] == instance_type))


def _entry(step: Step, instance_type: str, zone: str) -> dict[str, Any]:
    return {
        "AvailabilityZone": zone,
        "InstanceType": instance_type,
        "ProductDescription": "Linux/UNIX",
        "SpotPrice": str(step.price),
        "Timestamp": step.time.replace(tzinfo=None),
    }
