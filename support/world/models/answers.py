"""Which of a deployment's answers are wrong: the declared share, counted over all nodes of a lifecycle, evenly spread."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from support.world.models.knowledge import right_at


@dataclass
class Answers:
    """How many known prompts each kind of node has been asked, by deployment, lifecycle and way in (directly or through the front door).

    Of any 1,000 prompts in a row of one kind exactly 1,000 x accuracy are answered right, whichever nodes were asked.
    """

    _asked: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def right(self, prompts: int, kind: tuple[str, str, str], accuracy: Decimal) -> list[bool]:
        """Which of the next so many answers are right, in order."""
        first = self._asked.get(kind, 0)
        self._asked[kind] = first + prompts
        if accuracy == 1:
            return [True] * prompts
        return [right_at(first + position, accuracy) for position in range(prompts)]
