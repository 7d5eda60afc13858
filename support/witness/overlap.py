"""Which changes worked on the same resource at the same time, judged from what the customer was told of their beginnings and ends.

Events are numbered in the order of the facts, so that this can be told also where many things happen at one instant. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from support.drivers.events import Event

BEGINS = frozenset({"optimization_started", "rollback_started"})
ENDS = frozenset({"optimization_completed", "optimization_failed", "rollback_completed", "rollback_failed"})


@dataclass(frozen=True)
class Span:
    """One change at work: from one event's number to another's; open where it has not ended."""

    change: str
    recommendation: str
    begun: int
    ended: int | None

    def meets(self, other: Span) -> bool:
        """Whether there was a moment at which both were at work."""
        first, second = sorted((self, other), key=lambda span: span.begun)
        return first.ended is None or second.begun < first.ended

    def __str__(self) -> str:
        return f"{self.change} (events {self.begun} to {self.ended or 'now'})"


def spans(events: Iterable[Event]) -> list[Span]:
    """When which change was at work. A change that is taken back after its completion is at work again."""
    open_since: dict[str, int] = {}
    names: dict[str, str] = {}
    found: list[Span] = []
    for event in events:
        if event.type not in BEGINS | ENDS:
            continue
        change = str(event.payload["optimization_id"])
        names.setdefault(change, str(event.payload.get("recommendation_id")))
        if event.type in BEGINS:
            open_since.setdefault(change, event.sequence)
        elif change in open_since:
            found.append(Span(change, names[change], open_since.pop(change), event.sequence))
    return [*found, *(Span(change, names[change], begun, None) for change, begun in open_since.items())]


def meetings(events: Iterable[Event], resources: Mapping[str, Collection[str]]) -> list[str]:
    """Each pair of changes that worked on one resource at the same time, in words. `resources` are those of each recommendation."""
    return [
        f"{one} and {other} both worked on {min(common)}"
        for one, other in combinations(spans(events), 2)
        if one.change != other.change
        and (common := set(resources.get(one.recommendation, ())) & set(resources.get(other.recommendation, ())))
        and one.meets(other)
    ]
