"""Which of a deployment's answers are wrong: the declared share, counted over all nodes of a lifecycle, evenly spread."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from support.world.models.knowledge import answers, right_at


@dataclass
class Answers:
    """How many known prompts each kind of node has been asked, by deployment, lifecycle and way in (directly or through the front door).

    Of any 1,000 prompts in a row of one kind exactly 1,000 x accuracy are answered right, whichever nodes were asked.
    """

    _asked: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def to(self, prompts: list[str], kind: tuple[str, str, str], accuracy: Decimal) -> list[str]:
        """The answers, in order."""
        first = self._asked.get(kind, 0)
        self._asked[kind] = first + len(prompts)
        if accuracy == 1:
            return [answers(prompt)[True] for prompt in prompts]
        return [answers(prompt)[right_at(first + position, accuracy)] for position, prompt in enumerate(prompts)]
