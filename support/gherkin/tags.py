"""Tags: a closed set, and what each does to a scenario.

- `@REQ-AREA-nnn` claims a requirement of the ledger. `@smoke`, `@journey`, `@slow` only select.
- `@needs_<capability>`: skipped, naming the gap, on a target that does not declare it.
- `@draft`: must fail, strictly; a draft that passes is finished and loses its tag.
- `@known_issue_<issue>_until_<yyyy>_<mm>_<dd>`: must fail until that day; afterwards the tag itself is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import cached_property

import pytest

from support.capabilities import CAPABILITIES
from support.evidence.ledger import LEDGER_PATH, REQUIREMENT_ID, load_ledger
from support.gherkin.document import Tag
from support.problems import Problem, Problems

SELECTING = ("smoke", "journey", "slow")
NEEDS = "needs_"
DRAFT = "a draft: what it specifies is not built yet"
"""Why a draft is expected to fail."""

KNOWN_ISSUE = re.compile(r"known_issue_(?P<issue>\w+?)_until_(?P<year>\d{4})_(?P<month>\d\d)_(?P<day>\d\d)")


_NAME = re.compile(r"[\w.:-]+")
_OPERATORS = frozenset({"and", "or", "not"})


class Tags:
    """The meaning of every tag; unknown ones become problems, never marks that are silently ignored."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._today = datetime.now(UTC).date()
        self._marks: dict[str, tuple[pytest.Mark, ...]] = {}

    @cached_property
    def requirements(self) -> frozenset[str]:
        """The ids in the ledger beside the features; none while the ledger is missing or has mistakes of its own."""
        return self._ledger[0]

    @property
    def ledger_problems(self) -> tuple[Problem, ...]:
        """What is wrong with the ledger itself."""
        return self._ledger[1]

    @cached_property
    def _ledger(self) -> tuple[frozenset[str], tuple[Problem, ...]]:
        try:
            return frozenset(load_ledger(self._config.rootpath / LEDGER_PATH).requirements), ()
        except Problems as problems:
            return frozenset(), problems.problems

    def marks(self, tags: Iterable[Tag]) -> list[pytest.Mark]:
        """The marks of the tags, for `-m` and for what pytest does with `skip` and `xfail`."""
        return [mark for tag in tags for mark in self._marks_of(tag.name)]

    def _marks_of(self, name: str) -> tuple[pytest.Mark, ...]:
        found = self._marks.get(name)
        if found is None:
            self._config.addinivalue_line("markers", f"{name}: a tag of a feature")
            found = self._marks[name] = (getattr(pytest.mark, name).mark, *self._effects(name))
        return found

    def _effects(self, name: str) -> tuple[pytest.Mark, ...]:
        if name == "draft":
            return (pytest.mark.xfail(strict=True, reason=DRAFT).mark,)
        issue = KNOWN_ISSUE.fullmatch(name)
        if issue:
            return (pytest.mark.xfail(strict=True, reason=f"known issue {issue['issue']}, until {_day(issue)}").mark,)
        return ()

    def problems(self, tags: Iterable[Tag], path: str) -> list[Problem]:
        """What is wrong with the tags."""
        return [problem for tag in tags if (problem := self._problem(tag, path))]

    def _problem(self, tag: Tag, path: str) -> Problem | None:
        name = tag.name
        if name in SELECTING or name == "draft" or name in self.requirements:
            return None
        if name.startswith("REQ"):
            unknown = Problem(path, tag.line, "", f"@{name} is not a requirement of {LEDGER_PATH}", self.advice(name))
            return None if self.ledger_problems and REQUIREMENT_ID.fullmatch(name) else unknown
        if name.startswith(NEEDS) and name.removeprefix(NEEDS) in CAPABILITIES:
            return None
        issue = KNOWN_ISSUE.fullmatch(name)
        if issue is None:
            return Problem(path, tag.line, "F08", f"unknown tag @{name}", _nearest_tag(name))
        until = _day(issue)
        if until is None:
            return Problem(path, tag.line, "F08", f"@{name} names no day of the calendar", "write it as ..._until_2026_12_31")
        if until < self._today:
            what = f"the known issue {issue['issue']} was to be mended by {until}"
            return Problem(path, tag.line, "F08", what, "mend it and remove the tag, or agree on another day")
        return None

    def unknown_in(self, expression: str) -> list[Problem]:
        """What `-m` asks for and neither a feature nor a test can carry: it would select nothing, or everything, without a word."""
        declared = {line.partition(":")[0].partition("(")[0].strip() for line in self._config.getini("markers")}
        asked = () if "=" in expression else _NAME.findall(expression)  # marks with arguments are pytest's own matter
        return self.problems([Tag(name, 0) for name in asked if name not in _OPERATORS | declared], "-m")

    def advice(self, requirement: str) -> str:
        """What to write instead of an unknown requirement."""
        near = get_close_matches(requirement, sorted(self.requirements), 3)
        return f"did you mean {' or '.join(near)}?" if near else f"add it to {LEDGER_PATH}, or mend its spelling"


def _day(issue: re.Match[str]) -> date | None:
    try:
        return date(int(issue["year"]), int(issue["month"]), int(issue["day"]))
    except ValueError:
        return None


def _nearest_tag(name: str) -> str:
    known = [*SELECTING, "draft", *(NEEDS + capability for capability in CAPABILITIES)]
    near = get_close_matches(name, known, 1)
    if near:
        return f"did you mean @{near[0]}?"
    return "use @REQ-<AREA>-<nnn>, @smoke, @journey, @slow, @needs_<capability>, @draft or @known_issue_<issue>_until_<yyyy>_<mm>_<dd>"
