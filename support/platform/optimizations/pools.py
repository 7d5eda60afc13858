"""Where spot capacity is taken from. Pure: prices and rates are looked up elsewhere, so that estimate and execution agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

PREFERRED_POOLS = 3
"""A fleet is spread over this many pools where there are as many; a reclaim of a whole pool then costs a third of it."""

HIGHEST_SHARE = Decimal("0.60")
"""Spot capacity is worth while as long as it costs at most this share of the on-demand capacity that it replaces (a saving of at least 40%)."""

HIGH_RISK_RATE = Decimal("0.30")
"""A pool that interrupts this share of its nodes or more is never used."""


@dataclass(frozen=True)
class Pool:
    """One spot market: an instance type in a zone, its price (USD an hour) and the share of nodes that it interrupts a month."""

    instance_type: str
    availability_zone: str
    price: Decimal
    interruption_rate: Decimal = Decimal(0)

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the pool, whatever it costs at the moment."""
        return self.instance_type, self.availability_zone


class TooFewPools(Exception):
    """There are not enough pools to spread the nodes over."""


def ranked(pools: Iterable[Pool]) -> list[Pool]:
    """Usable pools, cheapest first; ties by interruption rate, then by name, so that the same market gives the same order."""
    usable = (pool for pool in pools if pool.interruption_rate < HIGH_RISK_RATE)
    return sorted(usable, key=lambda pool: (pool.price, pool.interruption_rate, pool.key))


def spread(pools: Iterable[Pool], nodes: int) -> list[Pool]:
    """One pool for each node, in the order in which the nodes are launched: in turn from the cheapest pools.

    More than one node is never put into one pool only: TooFewPools where the market does not allow better.
    """
    chosen = ranked(pools)[:PREFERRED_POOLS]
    if not chosen or (nodes > 1 and len(chosen) < 2):
        raise TooFewPools(f"{len(chosen)} usable spot pools for {nodes} nodes")
    return [chosen[index % len(chosen)] for index in range(nodes)]


def worth_while(spot_hourly: Decimal, on_demand_hourly: Decimal) -> bool:
    """Whether spot capacity at that cost still saves what makes the migration worth its risk; the limit itself is still worth while."""
    return spot_hourly <= on_demand_hourly * HIGHEST_SHARE


def hourly(pools: Sequence[Pool]) -> Decimal:
    """What the nodes cost together, in USD an hour; one pool for each node."""
    return sum((pool.price for pool in pools), Decimal(0))
