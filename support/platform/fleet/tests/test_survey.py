"""Of the spot market only what is of use is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from support.platform.fleet import prices, survey
from support.platform.fleet.views import INTERRUPTIBLE_TAG, Policy, Spec
from support.platform.optimizations.pools import Pool

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TYPES = ("g5.xlarge", "g5.2xlarge")
LARGE, LARGER = (Spec(name, "A10G", 1, 24_576, 4 * (place + 1), 16_384) for place, name in enumerate(TYPES))


@dataclass(frozen=True)
class _Catalogue:
    def specs(self, *_asked: Any) -> dict[str, Spec]:  # noqa: ANN401
        return {LARGE.instance_type: LARGE, LARGER.instance_type: LARGER}

    def on_demand(self, *_asked: Any) -> dict[str, Decimal]:  # noqa: ANN401
        return dict.fromkeys(TYPES, Decimal("1.006"))


class _Nobody:
    """Services, an account and a customer of whom only parts are handed on."""

    def __getattr__(self, _name: str) -> Any:  # noqa: ANN401
        return lambda *_: None


def _machine(*, spot: bool = False, tolerant: bool = True) -> dict[str, Any]:
    told: dict[str, Any] = {"InstanceType": TYPES[0], "Tags": [{"Key": INTERRUPTIBLE_TAG, "Value": "true"}] if tolerant else []}
    return {**told, "InstanceLifecycle": "spot"} if spot else told


@pytest.mark.parametrize(
    ("machines", "allowed", "asked", "pools"),
    [
        ([_machine(), _machine(spot=True)], True, set(TYPES), True),
        ([_machine(), _machine(spot=True)], False, {TYPES[0]}, False),
        ([_machine(tolerant=False)], True, set(), False),
        ([_machine(spot=True)], True, {TYPES[0]}, False),
        ([], True, None, False),
    ],
)
def test_pools_are_looked_for_where_something_could_move(
    monkeypatch: pytest.MonkeyPatch, machines: list[dict[str, Any]], *, allowed: bool, asked: set[str] | None, pools: bool
) -> None:
    priced: list[set[str]] = []

    def spot_prices(_account: object, types: set[str], _now: datetime) -> dict[tuple[str, str], Decimal]:
        priced.append(types)
        return {(name, "us-east-1a"): Decimal("0.4") for name in types}

    monkeypatch.setattr(prices, "catalogue_of", lambda _: _Catalogue())
    monkeypatch.setattr(prices, "spot_prices", spot_prices)
    monkeypatch.setattr(prices, "interruption_rates", lambda *_: dict.fromkeys(TYPES, Decimal("0.05")))
    nobody: Any = _Nobody()
    nobody.cloud, nobody.network = None, _Nobody()
    policy = Policy(interruptible_capacity_allowed=allowed)
    market = survey._market(nobody, nobody, machines, nobody, policy, NOW)
    assert priced == ([] if asked is None else [asked])
    assert market.pools == (tuple(Pool(name, "us-east-1a", Decimal("0.4"), Decimal("0.05")) for name in sorted(TYPES)) if pools else ())
