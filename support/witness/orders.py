"""Orders in which things happen at once: drawn from a seed, made smaller, and written so that anybody can replay them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

KEEPING, HOLDING, ENDING = "keeping", "holding", "ending"
ROLES = (KEEPING, HOLDING, ENDING)

CASTS: tuple[tuple[str, ...], ...] = (ROLES, (KEEPING, HOLDING), (KEEPING, ENDING))
"""Who is on the stage: two agents that want to keep a node and a third that wants to end it; the two that agree; two that do not."""

ACTS: Mapping[str, int] = {
    "approve keeping": 6,
    "approve holding": 6,
    "approve ending": 4,
    "reject keeping": 3,
    "reject ending": 4,
    "revise keeping": 4,
    "approve all together": 3,
    "settle two sides": 4,
    "settle all sides": 4,
    "settle once, carry out twice": 3,
    "analyse": 2,
    "reclaim": 1,
}
"""What may happen, and how often each is drawn. What names a role happens only where that role is on the stage."""

SMALLEST, LARGEST = 2, 5
ORDERS_OF_A_SIZE = 80


class NoSuchOrder(ValueError):
    """What was given to be replayed names no order; the message says how one is written."""


@dataclass(frozen=True)
class Order:
    """What is started one after the other, so that at most `at_once` are under way at a time."""

    seed: int
    number: int
    cast: tuple[str, ...]
    acts: tuple[str, ...]
    at_once: int
    left: tuple[int, ...]
    """The places, in the order as it was drawn, of the acts that are left in it."""

    @property
    def token(self) -> str:
        """Names it for a replay: seed, number and, of one that was made smaller, what is left of it."""
        return f"{self.seed}/{self.number}/{'.'.join(map(str, self.left))}"

    def without(self, place: int) -> Order:
        """The same without one act."""
        return replace(self, acts=self.acts[:place] + self.acts[place + 1 :], left=self.left[:place] + self.left[place + 1 :])

    def __str__(self) -> str:
        return f"{', then '.join(self.acts)} ({self.at_once} at a time; {', '.join(self.cast)} on the stage)"


def drawn(seed: int, number: int) -> Order:
    """The order of that number; the same whenever it is drawn. The first ones are the smallest; the casts take turns."""
    chance = Random(f"{seed}/{number}")  # noqa: S311  an order, not a secret
    size = min(SMALLEST + number // ORDERS_OF_A_SIZE, LARGEST)
    cast = CASTS[number % len(CASTS)]
    possible = [act for act in ACTS if not any(role in act for role in ROLES if role not in cast)]
    acts = tuple(chance.choices(possible, weights=[ACTS[act] for act in possible], k=size))
    return Order(seed, number, cast, acts, chance.randint(2, size), tuple(range(size)))


def named(token: str) -> Order:
    """The order that a token names, as it was reported. Raises NoSuchOrder."""
    try:
        seed, number, *rest = token.split("/")
        whole = drawn(int(seed), int(number))
        left = tuple(int(place) for place in rest[0].split(".")) if rest else whole.left
        return replace(whole, acts=tuple(whole.acts[place] for place in left), left=left)
    except (ValueError, IndexError):
        raise NoSuchOrder(f"{token!r} names no order; write it as it was reported: seed/number/places, for example 1/117/0.2") from None
