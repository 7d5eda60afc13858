"""`python -m support.sabotage.judge`: one pytest session that carries out scenarios under one defect after the other.

The scenarios are collected once and the world is kept; what is started anew for each defect is the platform, with empty records and the
defect planted before its first line runs. Orders come as JSON lines on stdin, answers leave as JSON lines on stdout: first every scenario with
what it claims, then for each order the records of what ran. The end of stdin ends the session, and so does a target that was lost: such an
answer says that it is the judge's last.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import pytest

from support.evidence.records import as_line


@dataclass(frozen=True)
class Order:
    """A defect to judge: the scenarios to ask first, by identity, and whether to ask the others when one has noticed."""

    defect: str
    requirement: str
    first: tuple[str, ...] = ()
    everybody: bool = False

    def line(self) -> str:
        """As a judge reads it."""
        return as_line(asdict(self))

    @classmethod
    def read(cls, line: str) -> Order:
        """The order that `line` wrote."""
        values = json.loads(line)
        return cls(**values | {"first": tuple(values["first"])})


class Appointment:
    """Brings the judge once pytest is configured: what pytest loads as plugins must not be loaded before."""

    def __init__(self, orders: IO[str], answers: IO[str]) -> None:
        self._orders = orders
        self._answers = answers

    def pytest_configure(self, config: pytest.Config) -> None:
        """Registers the judge."""
        from support.sabotage.judging import Judge

        config.pluginmanager.register(Judge(self._orders, self._answers), "judge")


def main() -> int:
    """Runs the session; what pytest has to say goes to stderr, and what it captures are copies: stdin and stdout belong to orders and answers."""
    orders = os.fdopen(os.dup(sys.stdin.fileno()), encoding="utf-8")
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with tempfile.TemporaryDirectory(prefix="judge-") as folder:
        chosen = ["-m", "not draft", "-p", "no:cacheprovider", "--no-reports", f"--evidence={Path(folder) / 'evidence.jsonl'}"]
        return int(pytest.main([*chosen, "-q", "--tb=no", *sys.argv[1:]], plugins=[Appointment(orders, answers)]))


if __name__ == "__main__":
    sys.exit(main())
