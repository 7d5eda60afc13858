"""The counters of every model server, integrated over the world's time from the declared load.

Between two changes (a mutating AWS call, a declaration, a reclaim) traffic is constant, so counters are brought up to date only before a change and
before they are read. The nodes of one deployment and lifecycle that behave alike are counted together and then share out, so that the figures of
all of them together are the declared ones: requests are counted in batches of which each declared rate and percentile takes a whole number (the
rest waits for the next reading), and in single requests where there are too few for a batch. The suite's own few requests are not counted.

A node that was not made by an optimization has served for an hour before it is first looked at.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from support.world.aws.backends import deployment, instances, node, tags
from support.world.front_door.routing import shares
from support.world.models.behaviour import Behaviour, Latency, Workload
from support.world.models.latency import BOUNDS_MS, Spread
from support.world.models.settings import EngineSettings

if TYPE_CHECKING:
    from support.world.accounts import Account

SettingsOf = Callable[[str, Any], EngineSettings]
"""The engine settings of a node, by deployment and moto's instance."""
HISTORY_SECONDS = 3600
OPTIMIZATION_TAG = "optiinfra:optimization"
PERCENTILE_BATCH = 100


@dataclass
class Meter:
    """One server's counters since it was started. `buckets` are the finished requests by latency, not cumulative."""

    answered: int = 0
    aborted: int = 0
    failed: int = 0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_MS) + 1))
    latency_seconds: float = 0.0
    rate: Fraction = Fraction(0)


@dataclass(frozen=True)
class Alike:
    """What tells groups of nodes apart that are counted together."""

    deployment: str
    lifecycle: str
    failed: Fraction
    aborted: Fraction
    spread: Spread


@dataclass
class _Carried:
    """What has not been counted yet: requests, and parts of failed and aborted ones."""

    requests: Fraction = Fraction(0)
    failed: Fraction = Fraction(0)
    aborted: Fraction = Fraction(0)
    owed: dict[str, Fraction] = field(default_factory=dict)


@dataclass
class Meters:
    """The counters of one account's model servers."""

    since: datetime | None = None
    _meters: dict[str, Meter] = field(default_factory=dict)
    _carried: dict[Alike, _Carried] = field(default_factory=dict)

    def settle(self, account: Account, now: datetime, settings: SettingsOf) -> None:
        """Brings every counter up to `now`."""
        if self.since is None:
            self.since = now
        elapsed = Fraction((now - self.since).total_seconds())
        self.since = now
        if elapsed > 0:
            self._accrue(account, elapsed, settings)

    def meter(self, account: Account, instance_id: str, settings: SettingsOf) -> Meter:
        """The counters of one instance as of the last settling; a node that has not been seen yet is looked at now."""
        if instance_id not in self._meters:
            self._accrue(account, Fraction(0), settings)
        return self._meters.setdefault(instance_id, Meter())

    def _accrue(self, account: Account, elapsed: Fraction, settings: SettingsOf) -> None:
        alike: dict[tuple[Alike, bool], dict[str, Fraction]] = {}
        running = {found.id: found for found in instances(account.number) if found.state == "running"}
        for name in sorted({named for found in running.values() if (named := deployment(found))}):
            workload = account.workloads[name]
            for identifier, share in shares(account.number, name).items():
                if identifier not in running:
                    continue
                behaviour = workload.of(node(running[identifier]))
                rate = Fraction(behaviour.requests_per_second or 0) * share
                fresh = identifier not in self._meters
                seconds = elapsed
                if fresh:
                    self._meters[identifier] = Meter()
                    if OPTIMIZATION_TAG not in tags(running[identifier]):
                        seconds = elapsed + HISTORY_SECONDS
                self._meters[identifier].rate = rate
                key = alike_key(
                    name, node(running[identifier]).lifecycle, behaviour, spread_of(workload, behaviour, settings(name, running[identifier]))
                )
                if rate * seconds:
                    alike.setdefault((key, fresh), {})[identifier] = rate * seconds
        for (key, _), requests in alike.items():
            self._count(key, requests)

    def _count(self, key: Alike, requests: dict[str, Fraction]) -> None:
        carried = self._carried.setdefault(key, _Carried())
        carried.requests += sum(requests.values())
        for identifier, due in requests.items():
            carried.owed[identifier] = carried.owed.get(identifier, Fraction(0)) + due
        whole = int(carried.requests)
        batch = _batch(key, whole)
        counted = whole // batch * batch
        if counted == 0:
            return
        carried.requests -= counted
        carried.failed += counted * key.failed
        carried.aborted += counted * key.aborted
        failed, aborted = _nearest(carried.failed), _nearest(carried.aborted)
        carried.failed -= failed
        carried.aborted -= aborted
        finished = counted - failed
        identifiers = list(carried.owed)
        parts = [max(carried.owed[identifier], Fraction(0)) for identifier in identifiers]
        by_bucket = key.spread.histogram(finished) if finished else []
        dealt = _deal([failed, *by_bucket], parts)
        mean = key.spread.mean() / 1000
        for position, identifier in enumerate(identifiers):
            given = dealt[position]
            meter = self._meters[identifier]
            meter.failed += given[0]
            done = sum(given[1:])
            meter.answered += done
            meter.latency_seconds += done * mean
            for bucket, count in enumerate(given[1:]):
                meter.buckets[bucket] += count
            carried.owed[identifier] -= sum(given)
        for position, (lost,) in enumerate(_deal([aborted], [Fraction(sum(given[1:])) for given in dealt])):
            self._meters[identifiers[position]].aborted += lost
            self._meters[identifiers[position]].answered -= lost


def alike_key(name: str, lifecycle: str, behaviour: Behaviour, spread: Spread) -> Alike:
    """The group that a node is counted in. Requests that neither succeed nor fail are aborted."""
    failed = Fraction(behaviour.error_rate or 0)
    success = Fraction(behaviour.success_rate) if behaviour.success_rate is not None else 1 - failed
    return Alike(name, lifecycle, failed, max(1 - success - failed, Fraction(0)), spread)


def spread_of(workload: Workload, behaviour: Behaviour, settings: EngineSettings) -> Spread:
    """A node's latencies: as declared, times what its settings change against those that the deployment was first measured with."""
    declared = behaviour.base_latency_ms or Latency(p50=300, p95=600, p99=900)
    slowness = settings.slowness(float(behaviour.cache_hit_rate or Decimal(0)))
    if workload.reference is None:
        workload.reference = settings
    reference = workload.reference.slowness(float(behaviour.cache_hit_rate or Decimal(0)))
    return Spread(declared.p50, declared.p95, declared.p99).scaled(slowness / reference)


def _batch(key: Alike, whole: int) -> int:
    rates = math.lcm(key.failed.denominator, key.aborted.denominator)
    return next(size for size in (math.lcm(rates, PERCENTILE_BATCH), rates, 1) if size <= whole or size == 1)


def _nearest(count: Fraction) -> int:
    """The nearest whole number; of two equally near ones the smaller."""
    return math.ceil(count - Fraction(1, 2))


def _deal(counts: Sequence[int], parts: Sequence[Fraction]) -> list[list[int]]:
    """Deals each count out in proportion to `parts`, in whole numbers: whoever is owed most gets what is left over."""
    scale = math.lcm(*(part.denominator for part in parts))
    weights = [part.numerator * (scale // part.denominator) for part in parts]
    total = sum(weights)
    if total == 0:
        return [[0] * len(counts) for _ in parts]
    owed = [0] * len(parts)  # in parts of `total`: exact, and much cheaper than fractions
    dealt: list[list[int]] = [[] for _ in parts]
    for count in counts:
        if count == 0:
            for each in dealt:
                each.append(0)
            continue
        owed = [debt + count * weight for debt, weight in zip(owed, weights, strict=True)]
        given = [max(debt // total, 0) for debt in owed]
        surplus = sum(given) - count
        order = sorted(range(len(parts)), key=lambda position: (owed[position] - given[position] * total, -position), reverse=True)
        for position in order if surplus < 0 else ():
            if surplus == 0:
                break
            given[position] += 1
            surplus += 1
        for position in reversed(order) if surplus > 0 else ():
            while surplus > 0 and given[position] > 0:
                given[position] -= 1
                surplus -= 1
        for position, got in enumerate(given):
            owed[position] -= got * total
            dealt[position].append(got)
    return dealt
