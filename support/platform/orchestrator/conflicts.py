"""Finds contradictions among recommendations. Pure, and independent of the order of the input."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from support.platform.orchestrator.proposals import Proposal, Relation, circles, oldest_first, relation, shared
from support.platform.vocabulary import ConflictKind, Severity


@dataclass(frozen=True)
class Conflict:
    """A contradiction: between two recommendations, or a circle of any length (then the ids are in the circle's order).

    Severity: high where the actions are opposite or wait for each other in a circle, medium where only one of the changes can be made, low
    where both can, one after the other.
    """

    kind: ConflictKind
    severity: Severity
    recommendation_ids: tuple[str, ...]
    resource: str | None
    description: str


_MEANINGS: dict[Relation, tuple[ConflictKind, Severity, str]] = {
    Relation.OPPOSITE: ("action", "high", "want the opposite for {where}"),
    Relation.EXCLUSIVE: ("resource", "medium", "would both change {where}, and only one of them can"),
    Relation.IN_SEQUENCE: ("resource", "low", "both touch {where}, and can be carried out one after the other but not at once"),
}


def detect(proposals: Iterable[Proposal]) -> list[Conflict]:
    """All conflicts: circles first, then pairs, oldest first.

    A pair is reported once, under its most specific kind. Recommendations on different resources are no conflict, nor is one that only
    depends on another.
    """
    ordered = oldest_first({proposal.id: proposal for proposal in proposals}.values())
    pairs = (_between(one, other) for one, other in combinations(ordered, 2))
    return [*map(_circle, circles(ordered)), *(found for found in pairs if found)]


def _between(one: Proposal, other: Proposal) -> Conflict | None:
    how = relation(one, other)
    if how is Relation.APART or (how is Relation.IN_SEQUENCE and _ordered_by_dependency(one, other)):
        return None
    common = shared(one, other)
    where = common[0] if len(common) == 1 else f"{len(common)} resources"
    both = f"{one.name} and {other.name}"
    kind, severity, meaning = _MEANINGS[how]
    return Conflict(kind, severity, (one.id, other.id), common[0], f"{both} {meaning.format(where=where)}")


def _ordered_by_dependency(one: Proposal, other: Proposal) -> bool:
    """The agents have already said which comes first."""
    return one.id in other.dependencies or other.id in one.dependencies


def _circle(ids: tuple[str, ...]) -> Conflict:
    way = " -> ".join((*ids, ids[0]))
    return Conflict("dependency", "high", ids, None, f"each waits for the next: {way}")
