"""Coded rules: each is a small function whose docstring gives the reason, an example that breaks it and one that keeps it.

The docstring is the only place of that text: the tests run both examples, `acceptance check --explain F05` prints them, and the table of
codes in `features/README.md` is made from it. Its form:

    First sentence: the rule.

    Why it is a rule, in a paragraph.

    Breaks:
        an indented example
    Keeps:
        an indented example

An example is one feature file, or one step module for an `S` rule, or several files, each under a line `== path`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from support.problems import Problem

if TYPE_CHECKING:
    from support.audits.project import Project


@dataclass(frozen=True)
class Finding:
    """One place that breaks the rule that yields it."""

    path: str
    line: int
    what: str
    instead: str


Check = Callable[["Project"], Iterable[Finding]]


@dataclass(frozen=True)
class CodedRule:
    """A rule with its code and its text."""

    code: str
    rule: str
    reason: str
    breaks: str
    keeps: str
    check: Check

    def problems(self, project: Project) -> list[Problem]:
        """Every place of the project that breaks it."""
        return [Problem(found.path, found.line, self.code, found.what, found.instead) for found in self.check(project)]


RULES: dict[str, CodedRule] = {}
"""Every rule by its code, filled when the modules of this package are imported (`support.audits.check` imports them all)."""


def coded(code: str) -> Callable[[Check], Check]:
    """Registers a rule under its code; a code can be given once."""

    def register(check: Check) -> Check:
        if code in RULES:
            raise ValueError(f"two rules carry the code {code}")
        RULES[code] = _described(code, check)
        return check

    return register


def _described(code: str, check: Check) -> CodedRule:
    text = inspect.getdoc(check) or ""
    prose, breaks_mark, rest = text.partition("\nBreaks:\n")
    breaks, keeps_mark, keeps = rest.partition("\nKeeps:\n")
    rule, _, reason = prose.strip().partition("\n\n")
    if not (breaks_mark and keeps_mark and reason.strip()):
        raise ValueError(f"the docstring of {code} must hold the rule, the reason, 'Breaks:' and 'Keeps:'")
    return CodedRule(code, " ".join(rule.split()), " ".join(reason.split()), inspect.cleandoc("\n" + breaks), inspect.cleandoc("\n" + keeps), check)
