"""Which orders of what happens at once are tried: the options of the command line."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from support.problems import Problem, Problems
from support.witness.orders import NoSuchOrder, Order, named

SEED = 20260302
"""The seed of a run that names none."""


@dataclass(frozen=True)
class Choice:
    """What the command line says of orders: the seed, how many (None: as many as the scenario says), or the one to replay."""

    seed: int = SEED
    count: int | None = None
    replayed: Order | None = None


def add_options(group: pytest.OptionGroup) -> None:
    """The options of the explorer."""
    group.addoption("--orders", type=int, default=None, metavar="N", help="how many orders of events at once are tried (as the scenario says)")
    group.addoption("--orders-seed", type=int, default=SEED, metavar="SEED", help=f"from which seed the orders are drawn ({SEED})")
    group.addoption("--replay-order", default=None, metavar="ORDER", help="try only this order, as a failure has reported it: seed/number/places")


def choice_of(config: pytest.Config) -> Choice:
    """What the command line says; raises Problems for a number of orders that shows nothing and for an order that is none."""
    token, count = config.getoption("--replay-order"), config.getoption("--orders")
    if count is not None and count < 1:
        raise Problems([Problem("--orders", 0, "", f"{count} orders show nothing", "try at least one, or leave the option out")])
    try:
        replayed = None if token is None else named(token)
    except NoSuchOrder as error:
        raise Problems([Problem("--replay-order", 0, "", str(error), "or leave the option out")]) from None
    return Choice(config.getoption("--orders-seed"), count, replayed)
