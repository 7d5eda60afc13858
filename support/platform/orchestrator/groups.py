"""Which changes must wait for each other, and which may be made at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from sqlalchemy.orm import Session

from support.platform.orchestrator.candidates import proposals
from support.platform.orchestrator.proposals import Proposal
from support.platform.tables import Recommendation


def in_groups(session: Session, customer_id: str, carried: Sequence[Recommendation]) -> list[list[Recommendation]]:
    """Groups of changes to be made one after the other, in the order given; different groups may be made at the same time.

    Changes belong together if one depends on the other, or if they touch the same deployment: there is one change at a time on it.
    """
    group_of = {one.id: {one.id} for one in carried}
    deployment = {one.id: one.details.get("deployment") for one in carried}
    for one, other in combinations(proposals(session, customer_id, carried), 2):
        same = deployment[one.id] is not None and deployment[one.id] == deployment[other.id]
        if (same or _linked(one, other)) and group_of[one.id] is not group_of[other.id]:
            group_of[one.id] |= group_of[other.id]
            for name in group_of[other.id]:
                group_of[name] = group_of[one.id]
    distinct = {id(group): group for group in (group_of[one.id] for one in carried)}
    return [[one for one in carried if one.id in group] for group in distinct.values()]


def _linked(one: Proposal, other: Proposal) -> bool:
    return bool(one.resources & other.resources) or one.id in other.dependencies or other.id in one.dependencies
