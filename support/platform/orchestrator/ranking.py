"""Whose recommendation counts more, and which criterion said so. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from support.platform.orchestrator.proposals import AGENT_ORDER, RISKS, Proposal
from support.platform.vocabulary import Preference

FAVOURED: dict[Preference, str] = {"performance": "performance", "quality": "application"}
"""The agent that speaks for what the customer prefers; savings are judged by the figures themselves."""


@dataclass(frozen=True)
class Criterion:
    """One way to compare: the smaller key wins. `words` completes "it wins because ..."."""

    words: str
    key: Callable[[Proposal], tuple[object, ...]]


def criteria(preference: Preference) -> list[Criterion]:
    """In the order in which they are asked: the preference, then quality, performance, cost, resource, then the tie-breaks."""
    found: list[Criterion] = []
    if preference == "savings":
        found.append(Criterion("the customer prefers savings and it saves more", lambda proposal: (-proposal.saving,)))
    elif preference != "none":
        favoured = FAVOURED[preference]
        found.append(Criterion(f"the customer prefers {preference}", lambda proposal: (proposal.agent_type != favoured,)))
    return [
        *found,
        Criterion("quality comes before performance, performance before cost, cost before resource", lambda p: (AGENT_ORDER.index(p.agent_type),)),
        Criterion("it saves more", lambda proposal: (-proposal.saving,)),
        Criterion("it is the more confident one", lambda proposal: (-proposal.confidence,)),
        Criterion("its risk is lower", lambda proposal: (RISKS.index(proposal.risk),)),
        Criterion("it is older", lambda proposal: (proposal.created_at, proposal.id)),
    ]


def by_priority(proposals: Iterable[Proposal], preference: Preference) -> list[Proposal]:
    """The most important first; the same whatever the order of the input."""
    asked = criteria(preference)
    return sorted(proposals, key=lambda proposal: tuple(criterion.key(proposal) for criterion in asked))


def why(winner: Proposal, loser: Proposal, preference: Preference) -> str:
    """The first criterion that tells the two apart, in words."""
    return next(criterion.words for criterion in criteria(preference) if criterion.key(winner) != criterion.key(loser))
