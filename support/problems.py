"""Mistakes of a user, collected and told all at once.

A bad option, feature, ledger, target or phrase never ends in a traceback: whoever finds mistakes collects a `Problem` for each and
raises `Problems` once. The command line and pytest render them in the same form and exit with code 2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

EXIT_CODE = 2
"""The exit code of every run that ends because of a user's mistake."""


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: where it is, what is wrong, and what to write instead.

    `path` is shown relative to the working directory where possible; `line` is 1-based, 0 where a whole file or an option is meant;
    `code` is the code of the rule that is broken (`F05`), or empty.
    """

    path: str
    line: int
    code: str
    what: str
    instead: str

    def render(self) -> str:
        """`file:line code what is wrong, what to write instead`, on one line."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        label = f" {self.code}" if self.code else ""
        remedy = f"; {self.instead}" if self.instead else ""
        return f"{place}:{label} {self.what}{remedy}"


class Problems(Exception):
    """Everything that is wrong, in a stable order, without repetition."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__(self.render())

    def render(self) -> str:
        """One line for each problem, then how many there are."""
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        return "\n".join([*(problem.render() for problem in self.problems), f"{count} {noun}"])


def shown(path: Path) -> str:
    """The path as a reader wants it: relative to the working directory where it lies below it."""
    resolved = path.resolve()
    base = Path.cwd().resolve()
    return str(resolved.relative_to(base)) if resolved.is_relative_to(base) else str(resolved)
