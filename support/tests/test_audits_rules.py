"""Every coded rule: its own examples, and that it holds for this repository's form of things."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import support.audits.check
from support.audits.guide import GUIDE, with_table
from support.audits.project import Project
from support.audits.rules import RULES, CodedRule, coded
from support.editor import settings_text

REPOSITORY = Path(__file__).parents[2]
DEFAULT_PATHS = {"F": "features/spot_migration/example.feature", "S": "steps/examples.py", "L": "steps/examples.py"}
LEDGER = "features/requirements.toml"
GENERATED = {".vscode/settings.json": settings_text}
LEDGER_TEXT = """\
[area.SPT]
name = "Spot migration"
epic = "spot_migration"

[REQ-SPT-017]
title = "Booking"
statement = "A saving must be booked once."
source = "E2E system tests, section 3"
milestone = 1
"""


def lay_out(root: Path, rule: CodedRule, example: str) -> Project:
    """A repository that holds one example and whatever every repository has."""
    if not example.startswith("== "):
        example = f"== {DEFAULT_PATHS[rule.code[0]]}\n{example}"
    texts = {LEDGER: LEDGER_TEXT}
    for part in re.split(r"^== ", example, flags=re.MULTILINE)[1:]:
        path, _, text = part.partition("\n")
        texts[path] = GENERATED[path]() if text.startswith("(written by") else text
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")
    return Project(root)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_the_example_that_breaks_a_rule_is_found(rule: CodedRule, tmp_path: Path) -> None:
    found = rule.problems(lay_out(tmp_path, rule, rule.breaks))
    assert found, f"{rule.code} overlooks its own example"
    assert all(problem.what and problem.instead for problem in found), "each finding says what is wrong and what to write instead"


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_the_example_that_keeps_a_rule_is_silent(rule: CodedRule, tmp_path: Path) -> None:
    found = rule.problems(lay_out(tmp_path, rule, rule.keeps))
    assert not found, f"{rule.code} complains about the example that it recommends: {[problem.render() for problem in found]}"


def test_codes_are_complete_and_numbered_without_gaps() -> None:
    for letter in "FSLA":
        numbers = sorted(int(code[1:]) for code in RULES if code.startswith(letter))
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), f"the {letter} codes have a gap: {numbers}"
    assert {f"F0{number}" for number in range(1, 10)} <= RULES.keys()


def test_a_code_is_given_once() -> None:
    with pytest.raises(ValueError, match="two rules carry the code F01"):
        coded("F01")(RULES["F01"].check)


def test_a_rule_without_examples_is_refused() -> None:
    def undocumented(project: Project) -> list[support.audits.rules.Finding]:
        """A rule.

        A reason.
        """
        del project
        return []

    with pytest.raises(ValueError, match="the docstring of X01"):
        coded("X01")(undocumented)


def test_the_guides_table_shows_every_rule() -> None:
    guide = (REPOSITORY / GUIDE).read_text(encoding="utf-8")
    assert guide == with_table(guide), "run acceptance editor"
    assert all(f"| {code} |" in guide for code in RULES)
