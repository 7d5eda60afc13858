"""The savings oracle: what a fleet costs, recomputed from the world's usage and prices alone. No figure of the platform is used.

Source of the formula: AWS bills running instances by the second; a month is 730 hours (the convention of AWS's own calculator).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from support.drivers.cloud import OPTIMIZATION_TAG
from support.drivers.history import UsageEntry
from support.drivers.simulator import Simulator
from support.evidence.attachments import attach
from support.expectation import expect
from support.vocabulary import Percent

HOURS_A_MONTH = Decimal(730)
SECONDS_AN_HOUR = Decimal(3600)
CENT = Decimal("0.01")
CLOSE = Decimal("0.005")
"""Claims may differ from the oracle by this share: half of the 1% that the requirements allow, so that no bias of 1% hides in rounding."""


@dataclass(frozen=True)
class Pool:
    """Spot capacity of one type in one zone."""

    instance_type: str
    zone: str


@dataclass(frozen=True)
class Derivation:
    """An amount of US dollars a month and how it comes about, line by line."""

    amount: Decimal
    lines: tuple[str, ...]

    def minus(self, other: Derivation) -> Derivation:
        """The difference, with both derivations."""
        lines = (f"${self.amount}:", *(f"  {line}" for line in self.lines), f"minus ${other.amount}:", *(f"  {line}" for line in other.lines))
        return Derivation(self.amount - other.amount, lines)

    def __str__(self) -> str:
        return "\n".join((f"${self.amount} a month", *(f"  {line}" for line in self.lines)))


class SavingsOracle:
    """Recomputes costs and savings of an account. Amounts are exact to the cent, US dollars a month."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def cost_at(self, account: str, instant: datetime, only: Iterable[str] | None = None) -> Derivation:
        """What the instances that run at that instant cost a month at that instant's prices; all of them, or those of these ids."""
        wanted = None if only is None else frozenset(only)
        usage = [entry for entry in await self._simulator.usage(account) if _runs(entry, instant) and (wanted is None or entry.instance_id in wanted)]
        counted = Counter((entry.lifecycle, Pool(entry.instance_type, entry.availability_zone)) for entry in usage)
        on_demand = (await self._simulator.on_demand_prices()).prices
        lines, total = [], Decimal(0)
        for (lifecycle, pool), count in sorted(counted.items(), key=str):
            hourly = on_demand[pool.instance_type] if lifecycle == "on_demand" else await self.spot_price(account, pool, instant)
            total += count * hourly * HOURS_A_MONTH
            lines.append(f"{count} x {pool.instance_type} {lifecycle.replace('_', ' ')} in {pool.zone} at ${hourly} an hour, {HOURS_A_MONTH} hours")
        return Derivation(total.quantize(CENT), tuple(lines) or ("nothing runs",))

    async def cost_on_spot(self, account: str, pools: Mapping[Pool, int], instant: datetime) -> Derivation:
        """What that many nodes in those pools would cost a month at the spot prices of that instant."""
        lines, total = [], Decimal(0)
        for pool, count in pools.items():
            hourly = await self.spot_price(account, pool, instant)
            total += count * hourly * HOURS_A_MONTH
            lines.append(f"{count} x {pool.instance_type} on spot in {pool.zone} at ${hourly} an hour, {HOURS_A_MONTH} hours")
        return Derivation(total.quantize(CENT), tuple(lines))

    async def saved_by(self, account: str, change: str, begun: datetime, ended: datetime) -> Derivation:
        """What the account's instances cost a month at `begun`, without those that the change created, minus what all cost from `ended` on."""
        older = [entry.instance_id for entry in await self._simulator.usage(account) if entry.tags.get(OPTIMIZATION_TAG) != change]
        before = await self.cost_at(account, begun, older)
        return before.minus(await self.cost_at(account, ended))

    async def promised_by(self, account: str, nodes: Collection[str], pools: Mapping[Pool, int], instant: datetime) -> Derivation:
        """What those nodes cost a month at that instant, minus what as many in those pools would cost; AssertionError when they are not as many."""
        planned = sum(pools.values())
        expect(planned == len(nodes) > 0, lambda: f"{len(nodes)} nodes should move to as many on spot, but {planned} are planned: {dict(pools)}")
        return (await self.cost_at(account, instant, nodes)).minus(await self.cost_on_spot(account, pools, instant))

    async def billed(self, account: str, begun: datetime, ended: datetime) -> Derivation:
        """What AWS bills for that period, by the second and each price step, projected to a month of 730 hours."""
        on_demand = (await self._simulator.on_demand_prices()).prices
        lines, total = [], Decimal(0)
        for entry in await self._simulator.usage(account):
            since, until = max(entry.launched, begun), min(entry.terminated or ended, ended)
            if since < until:
                steps = await self._price_steps(account, entry, on_demand, since, until)
                cost = sum((price * _seconds(length) / SECONDS_AN_HOUR for length, price in steps), Decimal(0))
                total += cost
                lines.append(f"{entry.instance_type} {entry.lifecycle.replace('_', ' ')}, {_seconds(until - since)} seconds: ${cost.quantize(CENT)}")
        monthly = total * HOURS_A_MONTH * SECONDS_AN_HOUR / _seconds(ended - begun)
        return Derivation(monthly.quantize(CENT), (*lines, f"projected from {_seconds(ended - begun)} seconds to {HOURS_A_MONTH} hours"))

    async def _price_steps(
        self, account: str, entry: UsageEntry, on_demand: Mapping[str, Decimal], since: datetime, until: datetime
    ) -> tuple[tuple[timedelta, Decimal], ...]:
        if entry.lifecycle == "on_demand":
            return ((until - since, on_demand[entry.instance_type]),)
        steps = await self._simulator.prices(account, entry.instance_type, entry.availability_zone, since, until)
        starts = [max(step.time, since) for step in steps]
        ends = [*starts[1:], until]
        return tuple((end - start, step.price) for start, end, step in zip(starts, ends, steps, strict=True))

    async def spot_price(self, account: str, pool: Pool, instant: datetime) -> Decimal:
        """The spot price of a pool at that instant, US dollars an hour; LookupError when the market has none."""
        steps = await self._simulator.prices(account, pool.instance_type, pool.zone, instant, instant + timedelta(microseconds=1))
        valid = [step for step in steps if step.time <= instant]
        if not valid:
            raise LookupError(f"the market has no price for {pool.instance_type} in {pool.zone} at {instant.isoformat()}")
        return max(valid, key=lambda step: step.time).price


def expect_same_amount(claimed: Derivation, derived: Derivation, what: str) -> None:
    """AssertionError, with both derivations, when the claim is further from the derived amount than `CLOSE` of it.

    Both derivations are attached to the step, whether it holds or not.
    """
    attach(f"{what}: what the platform says", str(claimed))
    attach(f"{what}: what usage and prices give", str(derived))
    difference = abs(claimed.amount - derived.amount)
    allowed = abs(derived.amount) * CLOSE
    told = (
        f"{what} should be ${derived.amount} a month, give or take {_percent(CLOSE)}, but the platform says ${claimed.amount}",
        f"  it is off by:      ${difference} (allowed: ${allowed.quantize(CENT)})",
        f"  the platform says: {claimed}",
        f"  the oracle derives {derived}",
    )
    expect(difference <= allowed, lambda: "\n".join(told))


def expect_fallen(before: Derivation, after: Derivation, least: Decimal) -> None:
    """AssertionError, with both derivations, when the cost has fallen by less than that share of what it was."""
    fallen = before.amount - after.amount
    told = f"the monthly cost should fall by at least {_percent(least)}, but it fell by ${fallen}\n  before: {before}\n  after:  {after}"
    expect(0 < (before.amount * least).quantize(CENT) <= fallen, lambda: told)


def expect_within_share(claimed: Decimal, expected: Decimal, tolerance: Decimal, what: str) -> None:
    """AssertionError when the claim is further from what is expected than `tolerance` (a share of one) of it."""
    difference = abs(claimed - expected)
    told = f"{what} should be ${expected} a month" + (f", give or take {_percent(CLOSE)}" if tolerance else "")
    expect(difference <= abs(expected) * tolerance, lambda: f"{told}, but it is ${claimed}")


def _runs(entry: UsageEntry, instant: datetime) -> bool:
    return entry.launched <= instant and (entry.terminated is None or entry.terminated > instant)


def _percent(share: Decimal) -> Percent:
    return Percent((share * 100).normalize())


def _seconds(length: timedelta) -> Decimal:
    return Decimal(length / timedelta(microseconds=1)) / 1_000_000
