"""What must be true of a split of a fleet between spot capacity and on demand."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from support.deeds.proposing import side
from support.drivers.api.conflicts import Hybrid, Resolution, Share
from support.drivers.cloud import Node
from support.expectation import expect
from support.story import Story


def expect_shares(decided: Resolution, story: Story, spot: Decimal, stay: Decimal) -> None:
    """AssertionError when the shares are not these, do not add up to 100%, or do not give each node of the fleet to exactly one side."""
    moving, staying = _sides(decided, story)
    seen = (Decimal(moving.percent), Decimal(staying.percent))
    expect(seen == (spot, stay), lambda: f"{spot}% should go to spot and {stay}% stay on demand, but the shares are {seen[0]}% and {seen[1]}%")
    expect(sum(seen) == 100, lambda: f"the shares should add up to 100%, but they are {seen[0]}% and {seen[1]}%")
    given = sorted([*moving.resources, *staying.resources])
    fleet = sorted(story.customer.deployment.instance_ids)
    expect(given == fleet, lambda: f"each of the nodes {fleet} should be given to one side, but given are {given}")


def expect_terms(decided: Resolution, saving: Decimal, risk: str) -> None:
    """AssertionError when saving (USD a month) and risk of the split are not these."""
    split = _split(decided)
    seen = f"${split.estimated_savings} a month at {split.risk_level} risk"
    same = split.estimated_savings == saving and split.risk_level == risk
    expect(same, lambda: f"the split should save {saving} a month at {risk} risk, but it is said to save {seen}")


def expect_no_split(decided: Resolution, story: Story, wanted: tuple[str, str]) -> None:
    """AssertionError when a split was negotiated, or another side than this one is carried out."""
    winner = side(story.recommendations, *wanted)
    whole = decided.hybrid_solution is None and decided.execution_order == (winner.id,) and decided.chosen_recommendation == winner.id
    expect(whole, lambda: f"{winner} alone should be chosen, without a split, but: {decided.reason}")


def expect_placed(decided: Resolution, story: Story, running: Sequence[Node]) -> None:
    """AssertionError when the nodes that run are not one spot node for each that moves, and every node that stays, on demand."""
    moving, staying = _sides(decided, story)
    spot = [node.instance_id for node in running if node.lifecycle == "spot"]
    kept = sorted(node.instance_id for node in running if node.lifecycle == "on_demand")
    expect(kept == sorted(staying.resources), lambda: f"exactly {sorted(staying.resources)} should run on demand, but there run {kept}")
    expect(len(spot) == len(moving.resources), lambda: f"{len(moving.resources)} nodes should run on spot, but there run {len(spot)}")


def _sides(decided: Resolution, story: Story) -> tuple[Share, Share]:
    """What goes to spot, and what stays."""
    shares = {share.recommendation_id: share for share in _split(decided).shares}
    moving, staying = (side(story.recommendations, *wanted) for wanted in (("cost", "spot_migration"), ("performance", "stay_on_demand")))
    expect(set(shares) == {moving.id, staying.id}, lambda: f"both sides should get a share, but the shares are: {shares}")
    return shares[moving.id], shares[staying.id]


def _split(decided: Resolution) -> Hybrid:
    split = decided.hybrid_solution
    if split is None or decided.resolution_strategy != "negotiate_hybrid":
        raise AssertionError(f"a split that serves both sides should be negotiated, but it was decided: {decided.reason}")
    return split
