"""Of the spot market only what is of use is asked."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from support.platform.fleet import prices, survey
from support.platform.fleet.views import INTERRUPTIBLE_TAG, Market, Node, Policy, Spec
from support.platform.optimizations.pools import Pool

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TYPES = ("g5.xlarge", "g5.2xlarge")
LARGE, LARGER = (Spec(name, "A10G", 1, 24_576, 4 * (place + 1), 16_384) for place, name in enumerate(TYPES))


class _Nobody:
    """Services, an account or a customer of whom only parts are handed on."""

    def __getattr__(self, _name: str) -> Any:  # noqa: ANN401
        return lambda *_: None


def _node(lifecycle: str = "on_demand", *, tolerant: bool = True) -> Node:
    tags = {INTERRUPTIBLE_TAG: "true"} if tolerant else {}
    return Node("i-1", TYPES[0], "us-east-1a", lifecycle, NOW, "10.0.0.1", tags, Decimal("1.006"), Decimal("1.006"))


@pytest.mark.parametrize(
    ("nodes", "allowed", "asked", "pools"),
    [
        ([_node(), _node("spot")], True, set(TYPES), True),
        ([_node(), _node("spot")], False, {TYPES[0]}, False),
        ([_node(tolerant=False)], True, set(), False),
        ([_node("spot")], True, {TYPES[0]}, False),
        ([], True, set(), False),
    ],
)
def test_pools_are_looked_for_where_something_could_move(
    monkeypatch: pytest.MonkeyPatch, nodes: list[Node], *, allowed: bool, asked: set[str], pools: bool
) -> None:
    priced: list[set[str]] = []

    def spot_prices(_account: object, types: set[str], _now: datetime) -> dict[tuple[str, str], Decimal]:
        priced.append(types)
        return {(name, "us-east-1a"): Decimal("0.4") for name in types}

    monkeypatch.setattr(prices, "spot_prices", spot_prices)
    monkeypatch.setattr(prices, "interruption_rates", lambda *_: dict.fromkeys(TYPES, Decimal("0.05")))
    nobody: Any = _Nobody()
    nobody.network = _Nobody()
    listed = Market({LARGE.instance_type: LARGE, LARGER.instance_type: LARGER}, dict.fromkeys(TYPES, Decimal("1.006")))
    market = survey._market(nobody, nobody, nobody, listed, nodes, Policy(interruptible_capacity_allowed=allowed), NOW)
    assert priced == [asked]
    assert (market.specs, market.on_demand) == (listed.specs, listed.on_demand)
    assert market.pools == (tuple(Pool(name, "us-east-1a", Decimal("0.4"), Decimal("0.05")) for name in sorted(TYPES)) if pools else ())
