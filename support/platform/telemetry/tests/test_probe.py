"""Known prompts have one right answer each, and are the same at every measurement."""

from __future__ import annotations

import orjson
import pytest

from support.platform.optimizations.health import Count
from support.platform.telemetry.probe import PROMPTS, Batch, KnownPrompt, known_prompts

SUMS = (KnownPrompt("What is 1 + 1?", 2), KnownPrompt("What is 1 + 2?", 3))


def test_the_prompts_are_different_and_always_the_same() -> None:
    assert len({prompt.question for prompt in known_prompts()}) == PROMPTS
    assert known_prompts() == known_prompts()


SAID = [("42", True), ("17 + 25 = 42.", True), ("The answer is 42", True), ("43", False), ("", False), ("4 2", False)]


@pytest.mark.parametrize(("said", "right"), SAID)
def test_the_last_number_said_is_the_answer(said: str, right: bool) -> None:
    assert KnownPrompt("What is 17 + 25?", 42).answered_by(said) is right


def test_thousands_and_signs_are_understood() -> None:
    assert KnownPrompt("What is 999 * 999?", 998001).answered_by("998,001")
    assert KnownPrompt("What is 1 - 3?", -2).answered_by("-2")


ANSWERED = [
    ([{"text": "2"}, {"text": "3"}], Count(2, 2)),
    ([{"text": "3", "index": 1, "finish_reason": "stop"}, {"text": "2", "index": 0}], Count(2, 2)),
    ([{"text": "3"}, {}], Count(0, 2)),
    ([{"text": "2"}], Count(1, 1)),
]


@pytest.mark.parametrize(("choices", "count"), ANSWERED)
def test_each_choice_answers_the_prompt_at_its_place_or_that_it_names(choices: list[dict[str, object]], count: Count) -> None:
    assert Batch(SUMS).right_answers(orjson.dumps({"model": "m", "choices": choices})) == count


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"choices": 1}', b'{"choices": [{"text": "\xff"}]}'])
def test_what_is_no_answer_is_told_apart(content: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Batch(SUMS).right_answers(content)
