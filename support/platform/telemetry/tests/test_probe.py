"""Known prompts have one right answer each, and are the same at every measurement."""

from __future__ import annotations

import pytest

from support.platform.telemetry.probe import PROMPTS, KnownPrompt, known_prompts


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
