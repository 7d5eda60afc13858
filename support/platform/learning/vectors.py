"""Fleets as vectors, so that the cosine between two says how alike they are.

Each figure becomes a point on a quarter circle, so that the product of two components is the cosine of their distance and not of their
size: two large fleets are not alike because both are large. Each word becomes an axis of its own. The cosine of two vectors is then the
weighted mean over all features, 1 for equal fleets.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass

SIMILAR = 0.90
"""From this cosine on two fleets count as similar."""

WORD_AXES = 64
"""A word is hashed onto one of this many axes."""

_ALIKE_PER_TURN = math.pi / 2


@dataclass(frozen=True)
class Figure:
    """A numeric feature: where its scale begins and ends (logarithmic where sizes matter by ratio) and how much it counts."""

    name: str
    low: float
    high: float
    logarithmic: bool
    weight: float


FIGURES = (
    Figure("nodes", 1, 512, logarithmic=True, weight=2.0),
    Figure("hourly_price", 0.5, 128, logarithmic=True, weight=1.0),
    Figure("utilization", 0, 1, logarithmic=False, weight=1.0),
    Figure("requests_per_second", 1, 4096, logarithmic=True, weight=1.0),
    Figure("discount", 0, 1, logarithmic=False, weight=1.0),
)
WORDS = (("instance_family", 3.0), ("model", 2.0), ("interruptible", 2.0))

DIMENSIONS = 2 * len(FIGURES) + len(WORDS) * WORD_AXES
"""How many components every vector has."""

Features = Mapping[str, str | float | int | bool | None]


def vector(features: Features) -> list[float]:
    """The fleet's vector, of unit length. A feature that is not known stands in the middle of its scale, or on the axis of unknown words."""
    components: list[float] = []
    for figure in FIGURES:
        angle = _position(figure, features.get(figure.name)) * _ALIKE_PER_TURN
        components += [math.sqrt(figure.weight) * math.cos(angle), math.sqrt(figure.weight) * math.sin(angle)]
    for name, weight in WORDS:
        axes = [0.0] * WORD_AXES
        axes[_axis(name, features.get(name))] = math.sqrt(weight)
        components += axes
    length = math.sqrt(sum(component * component for component in components))
    return [component / length for component in components]


def _position(figure: Figure, value: object) -> float:
    """Where on its scale the figure stands, from 0 to 1."""
    if not isinstance(value, int | float | str) or isinstance(value, bool):
        return 0.5
    number = min(max(float(value), figure.low), figure.high)
    if figure.logarithmic:
        return math.log(number / figure.low) / math.log(figure.high / figure.low)
    return (number - figure.low) / (figure.high - figure.low)


def _axis(name: str, value: object) -> int:
    digest = hashlib.sha256(f"{name}={value}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % WORD_AXES
