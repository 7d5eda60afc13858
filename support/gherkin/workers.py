"""Mistakes found in worker processes, told once by the process that started them."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

import pytest

from support.problems import Problem

_KEY = "gherkin_problems"


def is_worker(config: pytest.Config) -> bool:
    """Whether this process works for another one (pytest-xdist)."""
    return hasattr(config, "workerinput")


def hand_over(config: pytest.Config, found: list[Problem]) -> None:
    """Sends what is wrong to the starting process; nothing to do in a process of its own."""
    output: dict[str, Any] | None = getattr(config, "workeroutput", None)
    if output is not None:
        output[_KEY] = [astuple(problem) for problem in found]


class WorkersReport:
    """Takes what the workers found; all of them find the same."""

    def __init__(self, found: list[Problem]) -> None:
        self._found = found

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - xdist's own
        """Notes the mistakes that a worker found."""
        sent = getattr(node, "workeroutput", {}).get(_KEY, [])
        self._found.extend(problem for each in sent if (problem := Problem(*each)) not in self._found)
