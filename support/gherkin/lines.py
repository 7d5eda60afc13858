"""`file.feature:23` on the command line: which scenarios the wanted lines mean."""

from __future__ import annotations

import re
from pathlib import Path

from support.gherkin.document import Planned, Row
from support.problems import Problem

_WITH_LINES = re.compile(r"^(?P<path>.+\.feature)(?P<lines>(?::\d+)+)$")


class LinesOfFile:
    """The wanted lines of one file."""

    def __init__(self, lines: set[int]) -> None:
        self.lines = lines

    def wants(self, planned: Planned, row: Row | None) -> bool:
        """Whether a line means this scenario or row: one of its own, its table's head, its rule's head, or the feature's head."""
        return any(_means(line, planned, row) for line in self.lines)


class WantedLines:
    """The lines that the command line asks for, by file. A file without an entry is wanted as a whole."""

    def __init__(self) -> None:
        self._lines: dict[Path, LinesOfFile] = {}

    def __bool__(self) -> bool:
        return bool(self._lines)

    def take(self, argument: str, base: Path) -> str:
        """The argument without its lines, which are remembered."""
        found = _WITH_LINES.match(argument)
        if found is None:
            return argument
        path = (base / found["path"]).resolve()
        lines = {int(line) for line in found["lines"].split(":") if line}
        self._lines.setdefault(path, LinesOfFile(set())).lines.update(lines)
        return found["path"]

    def of(self, path: Path) -> LinesOfFile | None:
        """The wanted lines of the file; None if it is wanted as a whole."""
        return self._lines.get(path.resolve()) if self._lines else None

    def problems(self, path: Path, shown_path: str, count: int) -> list[Problem]:
        """The wanted lines that lie outside a file of `count` lines."""
        wanted = self.of(path)
        beyond = [line for line in sorted(wanted.lines) if not 1 <= line <= count] if wanted else []
        return [Problem(shown_path, line, "", f"the file has {count} lines", "ask for a line of it") for line in beyond]

    def seen(self, path: Path) -> None:
        """The file could not be read: its lines mean nothing."""
        self._lines.pop(path.resolve(), None)


def _means(line: int, planned: Planned, row: Row | None) -> bool:
    if planned.rule_head and planned.rule_head[0] <= line <= planned.rule_head[1]:
        return True
    if line <= planned.feature_head:
        return True
    if not planned.first <= line <= planned.last:
        return False
    if row is None:
        return True
    if line in {each.line for each in planned.rows}:
        return line == row.line
    table = next(((first, last) for first, last in reversed(planned.tables) if line >= first), None)
    return table is None or table[0] <= row.line <= table[1]
