"""What the conflict engine knows of a recommendation, and how two of them get on with each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum

from support.platform.vocabulary import AGENT_TYPES, Risk

RISKS: tuple[Risk, ...] = ("low", "medium", "high", "critical")

KEEPS = frozenset({"stay_on_demand", "reserved_instance"})
"""They promise that nodes stay as they are."""

TUNES = frozenset({"kv_cache_tuning", "batch_tuning", "quantization"})
"""They change the engine's settings and leave the nodes alone."""

OPPOSITES = frozenset(
    frozenset(pair)
    for pair in (
        ("stay_on_demand", "spot_migration"),
        ("stay_on_demand", "idle_termination"),
        ("reserved_instance", "spot_migration"),
        ("reserved_instance", "idle_termination"),
        ("reserved_instance", "rightsizing"),
    )
)
"""Actions that say the opposite of each other about the same nodes."""


@dataclass(frozen=True)
class Proposal:
    """A recommendation as the engine sees it.

    `resources` are the nodes and deployments touched, a deployment's nodes included; `tolerant` are those of them that tolerate
    interruption. `settings` are the engine settings changed. `saving_of` is the monthly saving by node, where the agent told it.
    """

    id: str
    type: str
    agent_type: str
    risk: Risk
    saving: Decimal
    confidence: Decimal
    created_at: datetime
    resources: frozenset[str]
    dependencies: tuple[str, ...] = ()
    tolerant: frozenset[str] = frozenset()
    settings: Mapping[str, object] = field(default_factory=dict)
    saving_of: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How a sentence speaks of it."""
        return f"{self.type.replace('_', ' ')} ({self.agent_type} agent, {self.id})"


class Relation(Enum):
    """What two recommendations mean for each other."""

    APART = "apart"
    IN_SEQUENCE = "in sequence"
    EXCLUSIVE = "exclusive"
    OPPOSITE = "opposite"


def relation(one: Proposal, other: Proposal) -> Relation:
    """The same for both orders. Apart: both can be carried out at once. In sequence: one after the other. Otherwise only one of the two can."""
    if not one.resources & other.resources:
        return Relation.APART
    types = {one.type, other.type}
    if frozenset(types) in OPPOSITES or _disagree(one.settings, other.settings):
        return Relation.OPPOSITE
    if types & TUNES or types <= KEEPS or "stay_on_demand" in types:
        return Relation.IN_SEQUENCE
    return Relation.EXCLUSIVE


def shared(one: Proposal, other: Proposal) -> tuple[str, ...]:
    """The resources that both touch, sorted."""
    return tuple(sorted(one.resources & other.resources))


def oldest_first(proposals: Iterable[Proposal]) -> list[Proposal]:
    """A stable order that does not depend on the order of the input."""
    return sorted(proposals, key=lambda proposal: (proposal.created_at, proposal.id))


def circles(proposals: Sequence[Proposal]) -> list[tuple[str, ...]]:
    """Every recommendation that waits for itself, in the shortest circle through it; each circle once, beginning with its oldest member."""
    ordered = oldest_first(proposals)
    rank = {proposal.id: index for index, proposal in enumerate(ordered)}
    needs = {proposal.id: sorted((name for name in proposal.dependencies if name in rank), key=rank.__getitem__) for proposal in ordered}
    found: dict[tuple[str, ...], None] = {}
    for proposal in ordered:
        circle = _shortest_circle(proposal.id, needs)
        if circle:
            first = circle.index(min(circle, key=rank.__getitem__))
            found[(*circle[first:], *circle[:first])] = None
    return list(found)


def _shortest_circle(start: str, needs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Breadth first, so that the first way back is the shortest. Empty if no way leads back."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for way in ways:  # grows while it is walked
        for following in needs[way[-1]]:
            if following == start:
                return way
            if following not in seen:
                seen.add(following)
                ways.append((*way, following))
    return ()


def _disagree(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    return any(one[name] != other[name] for name in one.keys() & other.keys())


AGENT_ORDER = ("application", "performance", "cost", "resource")
"""Quality, performance, cost, resource: whose word counts more when the customer declared nothing."""

assert set(AGENT_ORDER) == set(AGENT_TYPES)
