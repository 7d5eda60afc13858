"""What the model servers know: arithmetic worked out, and capital cities. And how they are wrong: plausibly, never by chance right."""

from __future__ import annotations

import operator
import re
from decimal import Decimal
from functools import lru_cache

CAPITALS = {
    "australia": "Canberra",
    "austria": "Vienna",
    "brazil": "Brasília",
    "canada": "Ottawa",
    "chile": "Santiago",
    "denmark": "Copenhagen",
    "egypt": "Cairo",
    "finland": "Helsinki",
    "france": "Paris",
    "germany": "Berlin",
    "greece": "Athens",
    "iceland": "Reykjavík",
    "india": "New Delhi",
    "ireland": "Dublin",
    "italy": "Rome",
    "japan": "Tokyo",
    "kenya": "Nairobi",
    "mexico": "Mexico City",
    "norway": "Oslo",
    "peru": "Lima",
    "poland": "Warsaw",
    "portugal": "Lisbon",
    "spain": "Madrid",
    "sweden": "Stockholm",
    "switzerland": "Bern",
}
_OPERATIONS = {"+": operator.add, "-": operator.sub, "−": operator.sub, "*": operator.mul, "x": operator.mul, "×": operator.mul}
_SUM = re.compile(r"(-?\d{1,9})\s*([-+*x×−])\s*(-?\d{1,9})")
_CAPITAL = re.compile(r"capital(?: city)? of ([a-z ]+?)\s*\?", re.IGNORECASE)


@lru_cache(maxsize=16_384)
def answers(prompt: str) -> tuple[str, str]:
    """The wrong and the right answer to a prompt. A question that is neither a sum nor about a capital is answered in general words either way."""
    asked = _SUM.search(prompt)
    if asked:
        worked_out = int(_OPERATIONS[asked[2]](int(asked[1]), int(asked[3])))
        return str(worked_out + 1), str(worked_out)
    country = _CAPITAL.search(prompt)
    if country and country[1].lower() in CAPITALS:
        return "Atlantis", CAPITALS[country[1].lower()]
    return ("That depends on what you would like to know.",) * 2


@lru_cache(maxsize=16_384)
def words(text: str) -> int:
    """How many words a prompt or an answer has: what counts as its tokens."""
    return len(text.split())


def right_at(position: int, accuracy: Decimal) -> bool:
    """Whether the answer at this position of an endless row is right: of any 1,000 in a row exactly 1,000 x accuracy, evenly spread.

    Holds for accuracies of at most three decimals; with more, a run of n is right n x accuracy times give or take one.
    """
    return int((position + 1) * accuracy) > int(position * accuracy)
