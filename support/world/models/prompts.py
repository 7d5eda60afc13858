"""The prompts of one request, and what can be answered to them: worked out once for a request's text, however often and of whomever it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import orjson

from support.world.models.knowledge import answers, words

MOST_PROMPTS = 1000


class Malformed(ValueError):
    """The request names no prompts, or too many; the message says which."""


@dataclass(frozen=True)
class Answered:
    """What is said to the prompts: the `choices` of an answer, in JSON, and its `usage`."""

    choices: orjson.Fragment
    usage: dict[str, int]


@dataclass(frozen=True)
class Prompts:
    """Prompts in their order."""

    texts: tuple[str, ...]

    def answered(self, right: Sequence[bool]) -> Answered:
        """The answers, each right or wrong as is said."""
        return self._all_right if all(right) else self._answered(right)

    @cached_property
    def _all_right(self) -> Answered:
        return self._answered([True] * len(self.texts))

    def _answered(self, right: Sequence[bool]) -> Answered:
        said = [answers(text)[which] for text, which in zip(self.texts, right, strict=True)]
        choices = [{"index": position, "text": text, "logprobs": None, "finish_reason": "stop"} for position, text in enumerate(said)]
        return Answered(orjson.Fragment(orjson.dumps(choices)), usage(self.texts, said))


@lru_cache(maxsize=64)
def prompts(body: bytes) -> Prompts:
    """The prompts that the body of a request for completions names. Raises Malformed."""
    prompt = json_object(body).get("prompt")
    texts = [prompt] if isinstance(prompt, str) else prompt
    if not isinstance(texts, list) or not texts or not all(isinstance(each, str) for each in texts):
        raise Malformed("prompt must be a text or a list of texts")
    if len(texts) > MOST_PROMPTS:
        raise Malformed(f"at most {MOST_PROMPTS} prompts in one request")
    return Prompts(tuple(texts))


def usage(asked: Sequence[str], said: Sequence[str]) -> dict[str, int]:
    """How many tokens were asked and said."""
    prompt, completion = (sum(map(words, each)) for each in (asked, said))
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def json_object(body: bytes) -> dict[str, Any]:
    """The object that a body is; without members if it is none."""
    try:
        found = orjson.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
