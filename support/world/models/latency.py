"""How requests' latencies are spread: a curve through the declared percentiles, and histograms that give exactly these back.

The curve is linear between 0.4 x p50 (0%), p50 (50%), p95 (95%), p99 (99%) and p99 + half of (p99 - p50) (100%). A histogram's counts are chosen
so that the linear interpolation within a bucket, as Prometheus' histogram_quantile does it, gives the declared p50, p95 and p99: exactly where n
is a multiple of 100 and the percentile is a bound, else on the same side of every bound and within about a millisecond for some hundred requests.
Two percentiles in one bucket, or in neighbouring ones, disturb each other by a few percent of the bucket.
"""

from __future__ import annotations

import bisect
import itertools
import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

BOUNDS_MS: tuple[int, ...] = (10, 20, 30, 40, *range(50, 3001, 50), 3500, 4000, 5000, 7500, 10000, 15000, 30000, 60000)
"""Upper bounds of the buckets in milliseconds; one more, without bound, follows."""


@dataclass(frozen=True)
class Spread:
    """Milliseconds that half, 95% and 99% of the requests do not exceed, in this order of size."""

    p50: float
    p95: float
    p99: float

    def scaled(self, factor: float) -> Spread:
        """The same spread, slower or faster."""
        return self if factor == 1.0 else Spread(self.p50 * factor, self.p95 * factor, self.p99 * factor)

    def at(self, share: float) -> float:
        """The latency that this share of the requests does not exceed."""
        points = self._points
        for (low, left), (high, right) in itertools.pairwise(points):
            if share <= right:
                return low + (high - low) * (share - left) / (right - left)
        return points[-1][0]

    def share_within(self, milliseconds: float) -> float:
        """The share of requests that take at most so long."""
        points = self._points
        if milliseconds <= points[0][0]:
            return 0.0
        for (low, left), (high, right) in itertools.pairwise(points):
            if milliseconds <= high:
                return left + (right - left) * (milliseconds - low) / (high - low)
        return 1.0

    def mean(self) -> float:
        """The mean latency in milliseconds."""
        points = self._points
        return sum((right - left) * (low + high) / 2 for (low, left), (high, right) in itertools.pairwise(points))

    @lru_cache(maxsize=1024)  # noqa: B019, RUF100  (a value: deployments' latencies are few, and so are the times between two readings)
    def histogram(self, requests: int) -> tuple[int, ...]:
        """How many of the requests fall into each bucket, the unbounded one last; they add up to `requests`."""
        cumulative = [round(requests * self.share_within(bound)) for bound in BOUNDS_MS]
        for share, value in ((Fraction(1, 2), self.p50), (Fraction(19, 20), self.p95), (Fraction(99, 100), self.p99)):
            self._pin(cumulative, requests, share, value)
        for position in range(1, len(cumulative)):
            cumulative[position] = max(cumulative[position], cumulative[position - 1])
        cumulative = [min(count, requests) for count in cumulative]
        return tuple(count - before for count, before in zip([*cumulative, requests], [0, *cumulative], strict=True))

    def _pin(self, cumulative: list[int], requests: int, share: Fraction, value: float) -> None:
        """Puts the rank of the percentile where interpolation finds it: below the bounds that are lower than `value`, not above the others."""
        rank = share * requests
        position = bisect.bisect_left(BOUNDS_MS, value)
        if position >= len(BOUNDS_MS):
            cumulative[:] = [min(count, math.ceil(rank) - 1) for count in cumulative]
            return
        below = cumulative[:position]
        cumulative[:position] = [min(count, math.ceil(rank) - 1) for count in below]
        lower = BOUNDS_MS[position - 1] if position else 0
        part = (value - lower) / (BOUNDS_MS[position] - lower)
        before = cumulative[position - 1] if position else 0
        if part < 1:
            before, after = self._around(requests, rank, (before, max(cumulative[position], math.ceil(rank))), part)
        else:
            after = math.ceil(rank)
        if position:
            cumulative[position - 1] = before
        cumulative[position] = after
        cumulative[position + 1 :] = [max(count, after) for count in cumulative[position + 1 :]]

    @staticmethod
    def _around(requests: int, rank: Fraction, natural: tuple[int, int], part: float) -> tuple[int, int]:
        """Counts at the bounds around the percentile between which interpolation finds it: the pair nearest to `part` of the way."""
        highest_before = max(math.ceil(rank) - 1, 0)
        room = max(min(requests - math.ceil(rank), max(natural[1] - math.ceil(rank), 8)), 0)
        candidates = (
            (abs((float(rank) - before) / (math.ceil(rank) + more - before) - part), before, math.ceil(rank) + more)
            for more in range(room + 1)
            for before in {max(min(round(float(rank) - part / (1 - part) * (math.ceil(rank) + more - float(rank))), highest_before), 0)}
            if math.ceil(rank) + more > before
        )
        _, before, after = min(candidates)
        return before, after

    @cached_property
    def _points(self) -> list[tuple[float, float]]:
        p95, p99 = max(self.p95, self.p50 + 0.001), max(self.p99, self.p95 + 0.001, self.p50 + 0.002)
        return [(self.p50 * 0.4, 0.0), (self.p50, 0.5), (p95, 0.95), (p99, 0.99), (p99 + (p99 - self.p50) / 2, 1.0)]
