"""Defects of the order in which contrary recommendations are weighed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from support.sabotage.registry import defect, patch

RANKING = "support.platform.orchestrator.ranking"

Broken = Callable[..., Any]


@defect("REQ-CNF-004", "of two alike the younger wins, of two savings the smaller, of two risks the higher")
def ties_broken_backwards() -> None:
    class Backwards:
        """Sorts the other way round."""

        def __init__(self, key: Any) -> None:
            self.key = key

        def __lt__(self, other: Any) -> bool:
            return bool(other.key < self.key)

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Backwards) and bool(self.key == other.key)

        def __hash__(self) -> int:
            return hash(self.key)

    def turned(criterion: Any) -> Any:
        return replace(criterion, key=lambda proposal: (Backwards(criterion.key(proposal)),))

    def broken(criteria: Broken) -> Broken:
        ties = {"it saves more", "its risk is lower", "it is older"}
        return lambda preference: [turned(each) if each.words in ties else each for each in criteria(preference)]

    patch(f"{RANKING}:criteria", broken)


@defect("REQ-CNF-003", "who prefers performance gets what costs least")
def performance_taken_for_cost() -> None:
    patch(f"{RANKING}:FAVOURED", lambda favoured: {**favoured, "performance": "cost"})


@defect("REQ-CNF-010", "who spoke first prevails")
def first_word_counts() -> None:
    _by_age(lambda age: age)


@defect("REQ-CNF-010", "who spoke last prevails")
def last_word_counts() -> None:
    _by_age(lambda age: -age)


def _by_age(weight: Callable[[float], float]) -> None:
    def broken(by_priority: Broken) -> Broken:
        return lambda proposals, preference: sorted(by_priority(proposals, preference), key=lambda each: weight(each.created_at.timestamp()))

    patch(f"{RANKING}:by_priority", broken)
