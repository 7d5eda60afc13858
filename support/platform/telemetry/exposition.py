"""What a model server says of itself: vLLM's Prometheus metrics, read exactly and compared between two moments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from support.platform.optimizations.health import Count

SUCCESS = "vllm:request_success_total"
FAILURE = "vllm:request_failure_total"
LATENCY_BUCKET = "vllm:e2e_request_latency_seconds_bucket"
ANSWERED_REASONS = frozenset({"stop", "length"})
KEPT_LABELS = 4096
"""A server tells the same labels in the same words at every look: so many are not taken apart again."""

_SAMPLE = re.compile(rf"^({SUCCESS}|{FAILURE}|{LATENCY_BUCKET})(?:\{{([^}}]*)\}})? (\S+)", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Reading:
    """The counters of one server at one moment, since its start. None: the family is missing or is not a number.

    `buckets` are cumulative: requests that took at most that many seconds.
    """

    answered: int | None = None
    aborted: int | None = None
    failed: int | None = None
    buckets: Mapping[Decimal, int] | None = None


@dataclass(frozen=True)
class Traffic:
    """What one or more servers did between two readings. None where a figure is missing at either moment."""

    answered: Count | None
    failed: Count | None
    buckets: Mapping[Decimal, int] | None = field(hash=False)

    def quantile_ms(self, share: Decimal) -> Decimal | None:
        """The latency that this share of requests did not exceed, in milliseconds, by linear interpolation within its bucket as Prometheus does it.

        None without requests, or where the quantile lies beyond the last bound.
        """
        if not self.buckets:
            return None
        bounds = sorted(self.buckets)
        total = self.buckets[bounds[-1]]
        if total == 0:
            return None
        rank = share * total
        lower, below = Decimal(0), 0
        for bound in bounds:
            if self.buckets[bound] >= rank:
                if not bound.is_finite():
                    return None
                inside = self.buckets[bound] - below
                return (lower + (bound - lower) * (rank - below) / inside) * 1000
            lower, below = bound, self.buckets[bound]
        return None


def read(text: str) -> Reading:
    """The counters in a server's answer. A family that is absent, or with a value that is no number, is None."""
    success: dict[bool, list[int | None]] = {True: [], False: []}
    failed: list[int | None] = []
    buckets: dict[Decimal, list[int | None]] = {}
    for name, labels, value_text in _SAMPLE.findall(text):
        value = _whole(value_text)
        if name == LATENCY_BUCKET:
            buckets.setdefault(_bound(labels), []).append(value)
        elif name == SUCCESS:
            success[_is_answer(labels)].append(value)
        else:
            failed.append(value)
    summed = {bound: _total(values) for bound, values in buckets.items()}
    known = {bound: count for bound, count in summed.items() if count is not None}
    aborted = _total(success[False]) if success[False] else 0
    return Reading(_total(success[True]), aborted, _total(failed), known if known and len(known) == len(summed) else None)


def between(before: Mapping[str, Reading], after: Mapping[str, Reading]) -> Traffic:
    """What the servers in `after` did since `before`; a server that was not there before is counted from its start.

    A counter that went down belongs to a server that was started again, and is counted from zero. A figure that any of the servers
    does not give is None for all of them: a wave is judged as a whole.
    """
    answered = aborted = failed = 0
    buckets: dict[Decimal, int] = {}
    counted = latency = bool(after)
    for name, now in after.items():
        then = before.get(name, Reading(0, 0, 0, {}))
        figures = (now.answered, now.aborted, now.failed, then.answered, then.aborted, then.failed)
        if any(figure is None for figure in figures):
            counted = False
        else:
            answered += _grown(then.answered, now.answered)
            aborted += _grown(then.aborted, now.aborted)
            failed += _grown(then.failed, now.failed)
        if now.buckets is None or then.buckets is None:
            latency = False
        else:
            for bound, count in now.buckets.items():
                buckets[bound] = buckets.get(bound, 0) + _grown(then.buckets.get(bound, 0), count)
    requests = answered + aborted + failed
    return Traffic(
        Count(answered, requests) if counted else None,
        Count(failed, requests) if counted else None,
        buckets if latency else None,
    )


def _grown(then: int | None, now: int | None) -> int:
    if then is None or now is None:
        raise ValueError("a missing counter cannot grow")
    return now - then if now >= then else now


@lru_cache(KEPT_LABELS)
def _bound(labels: str) -> Decimal:
    return Decimal(dict(_LABEL.findall(labels))["le"].replace("+Inf", "Infinity"))


@lru_cache(KEPT_LABELS)
def _is_answer(labels: str) -> bool:
    return dict(_LABEL.findall(labels)).get("finished_reason", "stop") in ANSWERED_REASONS


def _whole(text: str) -> int | None:
    if text.isdecimal():
        return int(text)
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return int(value) if value.is_finite() else None


def _total(values: Iterable[int | None]) -> int | None:
    counts = list(values)
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None
