"""Decides among any number of conflicting recommendations, as a whole. Pure, and independent of the order of the input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from support.platform.orchestrator.conflicts import Conflict, detect
from support.platform.orchestrator.hybrids import Hybrid, split
from support.platform.orchestrator.proposals import Proposal, Relation, circles, relation
from support.platform.orchestrator.ranking import by_priority, why
from support.platform.vocabulary import Preference, ResolutionStrategy

BARRED = frozenset({Relation.EXCLUSIVE, Relation.OPPOSITE})


class DependencyCircle(Exception):
    """Recommendations wait for each other, so that none of them can ever begin. `ways` are the circles."""

    def __init__(self, ways: Sequence[tuple[str, ...]]) -> None:
        self.ways = tuple(ways)
        super().__init__("; ".join(" -> ".join((*way, way[0])) for way in self.ways))


@dataclass(frozen=True)
class Dropped:
    """A recommendation that is not carried out, and the one carried out in its place."""

    recommendation_id: str
    in_favour_of: str


@dataclass(frozen=True)
class Settlement:
    """The decision. `order` holds all that is carried out, each after what it depends on, the more important first."""

    conflicts: tuple[Conflict, ...]
    strategy: ResolutionStrategy | None
    chosen: str | None
    dropped: tuple[Dropped, ...]
    hybrid: Hybrid | None
    order: tuple[str, ...]
    reason: str


def settle(proposals: Iterable[Proposal], preference: Preference) -> Settlement:
    """Who is carried out, in which order, and why.

    The most important recommendation is carried out, with all it depends on, and then each next one that no earlier one bars: so whatever
    is dropped is barred by something that is carried out. Raises DependencyCircle, with nothing decided, if some wait for each other.
    """
    known = {proposal.id: proposal for proposal in proposals}
    ways = circles(list(known.values()))
    if ways:
        raise DependencyCircle(ways)
    ranked = by_priority(known.values(), preference)
    hybrid, carried = _decide(ranked, known, preference)
    dropped = tuple(
        Dropped(loser.id, _bar(loser, known, [winner for winner in ranked if winner.id in carried], hybrid).id)
        for loser in ranked
        if loser.id not in carried
    )
    conflicts = tuple(detect(known.values()))
    strategy = _strategy(conflicts, dropped, hybrid)
    chosen = dropped[0].in_favour_of if strategy == "prioritize_customer" else None
    order = _order([proposal for proposal in ranked if proposal.id in carried])
    return Settlement(conflicts, strategy, chosen, dropped, hybrid, order, _reason(known, dropped, hybrid, order, preference))


def _decide(ranked: Sequence[Proposal], known: Mapping[str, Proposal], preference: Preference) -> tuple[Hybrid | None, frozenset[str]]:
    """The split of the most important pair of which nothing else bars a side, if any, and what is carried out."""
    for hybrid in _hybrids(ranked, preference):
        carried = _carried(ranked, known, hybrid)
        if all(share.recommendation_id in carried for share in hybrid.shares):
            return hybrid, carried
    return None, _carried(ranked, known, None)


def _hybrids(ranked: Sequence[Proposal], preference: Preference) -> Iterator[Hybrid]:
    """A customer who put performance or quality first is not asked to share a node."""
    if preference in {"performance", "quality"}:
        return
    for one, other in combinations(ranked, 2):
        if relation(one, other) is Relation.OPPOSITE and (found := split(one, other)) is not None:
            yield found


def _carried(ranked: Sequence[Proposal], known: Mapping[str, Proposal], hybrid: Hybrid | None) -> frozenset[str]:
    carried: dict[str, Proposal] = {}
    for proposal in ranked:
        wanted = {**carried, **_with_needs(proposal, known)}
        if not any(_barred(one, other, hybrid) for one, other in combinations(wanted.values(), 2)):
            carried = wanted
    return frozenset(carried)


def _with_needs(proposal: Proposal, known: Mapping[str, Proposal]) -> dict[str, Proposal]:
    """The recommendation and everything among the known that it depends on, directly or not."""
    found = {proposal.id: proposal}
    for name in proposal.dependencies:
        if name in known:
            found |= _with_needs(known[name], known)
    return found


def _barred(one: Proposal, other: Proposal, hybrid: Hybrid | None) -> bool:
    sharing = hybrid is not None and {one.id, other.id} == {share.recommendation_id for share in hybrid.shares}
    return not sharing and relation(one, other) in BARRED


def _bar(loser: Proposal, known: Mapping[str, Proposal], winners: Sequence[Proposal], hybrid: Hybrid | None) -> Proposal:
    """The most important winner that bars the loser, or that bars what the loser depends on."""
    needs = _with_needs(loser, known).values()
    return next(winner for winner in winners if any(need.id != winner.id and _barred(need, winner, hybrid) for need in needs))


def _strategy(conflicts: Sequence[Conflict], dropped: Sequence[Dropped], hybrid: Hybrid | None) -> ResolutionStrategy | None:
    if hybrid:
        return "negotiate_hybrid"
    if dropped:
        return "prioritize_customer"
    return "sequential_execution" if conflicts else None


def _order(carried: Sequence[Proposal]) -> tuple[str, ...]:
    """By priority, but nothing before what it depends on."""
    known = {proposal.id: proposal for proposal in carried}
    placed: dict[str, None] = {}

    def place(proposal: Proposal) -> None:
        for name in sorted(set(proposal.dependencies) & known.keys(), key=list(known).index):
            place(known[name])
        placed[proposal.id] = None

    for proposal in carried:
        place(proposal)
    return tuple(placed)


def _reason(known: Mapping[str, Proposal], dropped: Sequence[Dropped], hybrid: Hybrid | None, order: Sequence[str], preference: Preference) -> str:
    said: list[str] = []
    if hybrid:
        spot, stay = hybrid.shares
        said.append(
            f"A split serves both: {spot.percent}% of the nodes tolerate interruption and follow {known[spot.recommendation_id].name}, "
            f"{stay.percent}% do not and follow {known[stay.recommendation_id].name}"
        )
    for one in dropped:
        winner, loser = known[one.in_favour_of], known[one.recommendation_id]
        said.append(f"{winner.name} is carried out and {loser.name} is not, because {_because(winner, loser, preference)}")
    if not said and len(order) > 1:
        said.append(f"All can be carried out, one after the other, in this order: {', then '.join(known[name].name for name in order)}")
    return ". ".join(said or ["There is nothing to decide"]) + "."


def _because(winner: Proposal, loser: Proposal, preference: Preference) -> str:
    if relation(winner, loser) not in BARRED:
        return "what it depends on is given up for the other"
    if by_priority((winner, loser), preference)[0] is loser:
        return "a more important recommendation depends on it"
    return why(winner, loser, preference)
