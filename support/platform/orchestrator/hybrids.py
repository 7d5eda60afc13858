"""Splits that serve both sides: spot for the nodes that tolerate interruption, on demand for the rest. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from support.platform.orchestrator.proposals import RISKS, Proposal
from support.platform.vocabulary import Risk

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Share:
    """The part of the fleet that one recommendation gets; `percent` is whole."""

    recommendation_id: str
    percent: int
    resources: tuple[str, ...]


@dataclass(frozen=True)
class Hybrid:
    """Both recommendations, each on its own nodes. The percentages add up to 100; saving (USD a month) and risk are those of the split."""

    shares: tuple[Share, Share]
    saving: Decimal
    risk: Risk


def split(one: Proposal, other: Proposal) -> Hybrid | None:
    """The split of a spot migration and a wish to stay on demand, or None where the two do not meet or one of them would get nothing.

    The saving is that of the nodes that do move. At most half of the fleet on spot is one level of risk less than all of it.
    """
    by_type = {proposal.type: proposal for proposal in (one, other)}
    if by_type.keys() != {"spot_migration", "stay_on_demand"}:
        return None
    spot, stay = by_type["spot_migration"], by_type["stay_on_demand"]
    moving = nodes(spot.resources) & spot.tolerant
    staying = nodes(spot.resources | stay.resources) - moving
    if not moving or not staying:
        return None
    percent = _whole_percent(len(moving), len(moving) + len(staying))
    shares = Share(spot.id, percent, tuple(sorted(moving))), Share(stay.id, 100 - percent, tuple(sorted(staying)))
    return Hybrid(shares, saving_on(spot, moving), _risk(spot.risk, exposed=len(moving), of=len(moving) + len(staying)))


def saving_on(spot: Proposal, moving: frozenset[str]) -> Decimal:
    """The part of the saving that those nodes bring: as told node by node, otherwise in proportion to their number."""
    if moving <= spot.saving_of.keys():
        return sum((spot.saving_of[node] for node in moving), Decimal(0)).quantize(CENT)
    return (spot.saving * len(moving) / len(nodes(spot.resources))).quantize(CENT)


def nodes(resources: frozenset[str]) -> frozenset[str]:
    """The machines among the resources."""
    return frozenset(resource for resource in resources if ":" not in resource)


def _whole_percent(part: int, whole: int) -> int:
    """Rounded half up, but neither 0 nor 100: both sides have at least a node."""
    return min(max((200 * part + whole) // (2 * whole), 1), 99)


def _risk(risk: Risk, *, exposed: int, of: int) -> Risk:
    return RISKS[max(RISKS.index(risk) - 1, 0)] if 2 * exposed <= of else risk
