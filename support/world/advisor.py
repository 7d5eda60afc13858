"""The spot advisor's data: interruption rates by type, in the shape of AWS's public file, with the exact rate beside the range."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from support.world.accounts import Account
from support.world.aws.market import Market
from support.world.aws.on_demand import price_list
from support.world.aws.spot_history import offered

HOST = "spot-bid-advisor.s3.amazonaws.com"
RANGES = (("<5%", 5, "green", 0), ("5-10%", 11, "yellow", 5), ("10-15%", 16, "yellow", 10), ("15-20%", 22, "orange", 15), (">20%", 100, "red", 20))
TYPICAL_SAVING_PERCENT = 62


def advice(account: Account) -> dict[str, Any]:
    """The document for an account. The rate of a type in a region is that of its worst pool; a pool whose rate differs is listed in `zones`."""
    market = account.market
    declared = market.declared_types & price_list().prices.keys()
    regions = {region: {"Linux": {**typical, **{name: _entry(market, region, name) for name in declared}}} for region, typical in _typical().items()}
    ranges = [{"index": index, "label": label, "dots": index, "max": most, "color": colour} for index, (label, most, colour, _) in enumerate(RANGES)]
    return {"spot_advisor": regions, "ranges": ranges}


@cache
def _typical() -> dict[str, dict[str, Any]]:
    """The entries of every market in which nothing was declared, by region and type."""
    table, undeclared = price_list(), Market(seed=0)
    return {region: {name: _entry(undeclared, region, name) for name in table.prices} for region in table.region_factors}


def _entry(market: Market, region: str, instance_type: str) -> dict[str, Any]:
    rates = {zone: market.interruption_rate(instance_type, zone) for zone in offered(region, instance_type)}
    rate = max(rates.values(), default=market.interruption_rate(instance_type, f"{region}a"))
    entry: dict[str, Any] = {"r": _range(rate), "s": TYPICAL_SAVING_PERCENT, "rate": str(rate)}
    if len(set(rates.values())) > 1:
        entry["zones"] = {zone: str(found) for zone, found in rates.items()}
    return entry


def _range(rate: Decimal) -> int:
    return max(index for index, (*_, least) in enumerate(RANGES) if rate * 100 >= least)
