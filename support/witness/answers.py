"""The quality witness: asks the customer's models what everybody knows, through the front door as the customer's users do."""

from __future__ import annotations

import base64
import random
import re
from dataclasses import dataclass
from decimal import Decimal

from support.drivers.http import Http, NoAnswer
from support.drivers.lost import TargetLost

QUESTIONS, AT_A_TIME = 1000, 100


@dataclass(frozen=True)
class Examined:
    """How many known questions were answered right."""

    right: int
    asked: int

    @property
    def share(self) -> Decimal:
        """Right answers over questions."""
        return Decimal(self.right) / Decimal(self.asked)

    def __str__(self) -> str:
        return f"{self.right} of {self.asked} known questions are answered right ({100 * self.share:f}%)"


class QualityWitness:
    """Asks sums of its own making, not the platform's questions."""

    def __init__(self, client: Http, network: str) -> None:
        self._client = client
        self._network = network

    async def examine(self, account: str, front_door: str) -> Examined:
        """Asks `QUESTIONS` sums; a request that is not answered counts as wrong answers. TargetLost where nothing listens."""
        chosen = random.Random(17)  # noqa: S311  a fixed selection, not a secret
        sums = [(chosen.randint(0, 999), chosen.randint(0, 999)) for _ in range(QUESTIONS)]
        right = 0
        for start in range(0, QUESTIONS, AT_A_TIME):
            right += await self._right(account, front_door, sums[start : start + AT_A_TIME])
        return Examined(right, QUESTIONS)

    async def _right(self, account: str, front_door: str, sums: list[tuple[int, int]]) -> int:
        known = base64.b64encode(f"{account}:examiner".encode()).decode()
        body = {"model": "default", "prompt": [f"What is {one} + {other}?" for one, other in sums], "max_tokens": 8, "temperature": 0}
        headers = {"Host": front_door, "Proxy-Authorization": f"Basic {known}"}
        try:
            answer = await self._client.ask("POST", f"{self._network}/v1/completions", body=body, headers=headers)
        except NoAnswer as error:
            raise TargetLost(f"the customer's front door did not answer ({error})") from error
        if not answer.is_success:
            return 0
        texts = [choice["text"] for choice in sorted(answer.json()["choices"], key=lambda choice: int(choice["index"]))]
        return sum(_number(text) == one + other for text, (one, other) in zip(texts, sums, strict=True))


def _number(text: str) -> int | None:
    """The last whole number in an answer."""
    found = re.findall(r"-?\d+", text.replace(",", ""))
    return int(found[-1]) if found else None
