"""Generated features and, in three dialects, step definitions that do nothing: only the runners differ."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from support.problems import Problem, Problems

SCENARIOS_PER_FILE = 50
SEED = 7
Turns = tuple[Iterator[int], ...]
KEYWORDS = ("Given", "When", "Then")

_LEDGER = """\
[area.BEN]
name = "Benchmark"
epic = "bench"

[REQ-BEN-001]
title = "Speed"
statement = "The runner must be fast."
source = "benchmark"
milestone = 1
"""

_SETTINGS = """\
[pytest]
addopts = --strict-config --import-mode=importlib -p support.quick_start -p no:anyio
testpaths = features
asyncio_mode = auto
asyncio_default_fixture_loop_scope = session
asyncio_default_test_loop_scope = session
enable_assertion_pass_hook = true
filterwarnings =
  error::RuntimeWarning
  error::pytest.PytestUnraisableExceptionWarning
"""

_CUCUMBER = """\
export default {{ paths: ['features/**/*.feature'], import: ['js/*.mjs'], publish: false, format: [{formats}] }}
"""


@dataclass(frozen=True)
class Size:
    """How much is generated: scenarios, steps in each, and step definitions (each of which some step uses if there are enough steps)."""

    scenarios: int
    steps: int
    definitions: int

    def __post_init__(self) -> None:
        if min(self.scenarios, self.steps, self.definitions) < 1 or self.definitions < len(KEYWORDS):
            raise Problems([Problem("bench", 0, "", f"{self} is too small", "ask for at least 1 scenario, 1 step and 3 definitions")])

    def __str__(self) -> str:
        return f"{self.scenarios} scenarios x {self.steps} steps, {self.definitions} definitions"


def generate(folder: Path, size: Size) -> None:
    """Writes a project that all three runners run as it stands; the same size gives the same text."""
    chance = random.Random(SEED)  # noqa: S311 - not a secret
    _write(folder / "features" / "requirements.toml", _LEDGER)
    turns = tuple(cycle(range(kind, size.definitions, len(KEYWORDS))) for kind in range(len(KEYWORDS)))
    for number, first in enumerate(range(0, size.scenarios, SCENARIOS_PER_FILE)):
        count = min(SCENARIOS_PER_FILE, size.scenarios - first)
        _write(folder / "features" / f"capability_{number:04}.feature", _feature(number, range(first, first + count), size, turns, chance))
    _write(folder / "pytest.ini", _SETTINGS)
    _write(folder / "conftest.py", 'pytest_plugins = ["support.gherkin.plugin"]\n')
    _write(folder / "steps" / "__init__.py", "")
    _write(folder / "steps" / "things.py", "from support.gherkin import given, then, when\n" + _definitions(size, _ours))
    _write(folder / "features" / "steps" / "things.py", "from behave import given, then, when\n" + _definitions(size, _behave))
    _write(folder / "js" / "things.mjs", "import { Given, Then, When } from '@cucumber/cucumber';\n" + _definitions(size, _cucumber))
    _write(folder / "cucumber.plain.mjs", _CUCUMBER.format(formats="'progress:/dev/null'"))
    _write(folder / "cucumber.allure.mjs", _CUCUMBER.format(formats="'progress:/dev/null', 'allure-cucumberjs/reporter'"))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _feature(number: int, scenarios: range, size: Size, turns: Turns, chance: random.Random) -> str:
    lines = [f"Feature: Capability {number}", "", "  Generated to measure runners. It says nothing about any product.", ""]
    for scenario in scenarios:
        lines += ["  @REQ-BEN-001", f"  Scenario: Situation {scenario} has its outcome", *_steps(size, turns, chance), ""]
    return "\n".join(lines)


def _steps(size: Size, turns: Turns, chance: random.Random) -> list[str]:
    kinds = [*sorted(chance.choices(range(len(KEYWORDS)), k=size.steps - 1)), len(KEYWORDS) - 1]
    lines = []
    for position, kind in enumerate(kinds):
        keyword = "And" if position and kinds[position - 1] == kind else KEYWORDS[kind]
        lines.append(f"    {keyword} thing {next(turns[kind])} of the fleet takes {chance.randrange(1000)} units")
    return lines


def _definitions(size: Size, dialect: object) -> str:
    assert callable(dialect)
    return "".join(dialect(KEYWORDS[number % len(KEYWORDS)], number) for number in range(size.definitions))


def _ours(keyword: str, number: int) -> str:
    verifies = ', verifies="REQ-BEN-001"' if keyword == "Then" else ""
    body = "assert units >= 0" if keyword == "Then" else "pass"
    return (
        f'\n\n@{keyword.lower()}("thing {number} of the fleet takes {{int}} units"{verifies})\ndef thing_{number}(units: int) -> None:\n    {body}\n'
    )


def _behave(keyword: str, number: int) -> str:
    body = "assert units >= 0" if keyword == "Then" else "pass"
    return f'\n\n@{keyword.lower()}("thing {number} of the fleet takes {{units:d}} units")\ndef thing_{number}(context, units):\n    {body}\n'


def _cucumber(keyword: str, number: int) -> str:
    return f"\n{keyword}('thing {number} of the fleet takes {{int}} units', function (units) {{ if (!(units >= 0)) throw new Error() }})\n"
