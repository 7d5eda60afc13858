"""Published on-demand prices: read once from the dated table beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class PriceList:
    """US dollars an hour by instance type in us-east-1, with date and source."""

    date: str
    source: str
    prices: Mapping[str, Decimal] = field(hash=False)
    region_factors: Mapping[str, Decimal] = field(hash=False)

    def price(self, instance_type: str, region: str) -> Decimal | None:
        """The price of an hour in a region; None where AWS does not sell the type, or this world does not know it."""
        published = self.prices.get(instance_type)
        factor = self.region_factors.get(region)
        return None if published is None or factor is None else published * factor


@cache
def price_list() -> PriceList:
    """The table."""
    table = tomllib.loads(Path(__file__).with_name("on_demand_prices.toml").read_text(encoding="utf-8"))
    return PriceList(
        table["date"],
        table["source"],
        {name: Decimal(price) for name, price in table["prices"].items()},
        {region: Decimal(factor) for region, factor in table["region_factors"].items()},
    )
