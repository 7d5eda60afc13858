"""What a deployment's model servers answer and what they say of themselves: known prompts and metrics, over the customer's network."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from support.platform.cloud import HasAccount
from support.platform.network import Network, Unreachable
from support.platform.optimizations.health import Count
from support.platform.telemetry.exposition import Reading, read

PROMPTS = 1000
PORT = 8000

_NUMBER = re.compile(r"-?\d+")


class _Choice(msgspec.Struct, gc=False):
    """An answer to one of the prompts of a request: to the one at its place unless it says which."""

    text: str = ""
    index: int | None = None


class _Completion(msgspec.Struct):
    """What is needed of an answer to `/v1/completions`."""

    choices: list[_Choice]


_COMPLETION = msgspec.json.Decoder(_Completion)


@dataclass(frozen=True)
class KnownPrompt:
    """A question whose answer nobody needs a model for."""

    question: str
    answer: int

    def answered_by(self, text: str) -> bool:
        """Whether the last number in the text is the answer."""
        numbers = _NUMBER.findall(text.replace(",", ""))
        return bool(numbers) and int(numbers[-1]) == self.answer


def known_prompts() -> tuple[KnownPrompt, ...]:
    """So many different sums, differences and products; the same ones every time, so that two measurements compare."""
    chosen = random.Random(20260302)  # noqa: S311  a fixed selection, not a secret
    found: dict[str, KnownPrompt] = {}
    while len(found) < PROMPTS:
        one, other, sign = chosen.randint(0, 999), chosen.randint(0, 999), chosen.choice("+-*")
        answer = {"+": one + other, "-": one - other, "*": one * other}[sign]
        question = f"What is {one} {sign} {other}?"
        found[question] = KnownPrompt(question, answer)
    return tuple(found.values())


class Batch:
    """Prompts that are asked in one request."""

    def __init__(self, prompts: Sequence[KnownPrompt]) -> None:
        self._prompts = prompts
        self._plain = {place: str(prompt.answer) for place, prompt in enumerate(prompts)}
        self.questions = [prompt.question for prompt in prompts]

    def right_answers(self, content: bytes) -> Count:
        """How many of these prompts are answered right. ValueError if the content is no answer to them."""
        choices = _COMPLETION.decode(content).choices
        texts = {place if choice.index is None else choice.index: choice.text for place, choice in enumerate(choices)}
        wordy = [place for place, answer in self._plain.items() if texts.get(place) != answer]
        right = len(self._plain) - len(wordy) + sum(self._prompts[place].answered_by(texts[place]) for place in wordy if place in texts)
        return Count(right, len(texts))


_PROMPTS = known_prompts()


@lru_cache(256)
def _part(place: int, parts: int) -> Batch:
    """One of so many equal parts of the known prompts."""
    return Batch(_PROMPTS[place::parts])


class Probe:
    """Asks the servers of one customer. Addresses are private IPs by instance id."""

    def __init__(self, network: Network, customer: HasAccount, model: str = "default") -> None:
        self._network = network
        self._client = network.client(customer)
        self._model = model

    def quality(self, addresses: Mapping[str, str]) -> Count | None:
        """How many of `PROMPTS` known prompts the servers answer right, each asked an equal part of them, in one request.

        A prompt that gets no answer counts as not asked; None if no server answers at all.
        """
        if not addresses:
            return None
        servers = [addresses[name] for name in sorted(addresses)]
        asked = [self._ask(server, _part(index, len(servers))) for index, server in enumerate(servers)]
        answered = [count for count in asked if count is not None]
        return sum(answered, Count(0, 0)) if answered else None

    def _ask(self, address: str, batch: Batch) -> Count | None:
        body = {"model": self._model, "prompt": batch.questions, "max_tokens": 8, "temperature": 0}
        try:
            answered = self._client.post(f"http://{address}:{PORT}/v1/completions", body)
            if not answered.ok:
                return None
            return batch.right_answers(answered.content)
        except (Unreachable, ValueError):
            return None

    def readings(self, addresses: Mapping[str, str]) -> dict[str, Reading]:
        """The counters of each server; a server that does not answer has no figure."""
        return dict(zip(addresses, self._network.each(self._read, addresses.values()), strict=True))

    def _read(self, address: str) -> Reading:
        try:
            answered = self._client.get(f"http://{address}:{PORT}/metrics")
        except Unreachable:
            return Reading()
        return read(answered.text) if answered.ok else Reading()
