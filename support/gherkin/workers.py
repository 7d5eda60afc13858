"""Between worker processes and the one that started them: mistakes are told once, and reports travel light."""

from __future__ import annotations

import marshal
from collections.abc import Generator
from dataclasses import astuple
from typing import Any

import pytest

from support.problems import Problem

_KEY = "gherkin_problems"
_PACKED = "packed"
_MARSHAL = 4
"""A form that every Python since 3.4 reads."""


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


class LightReports:
    """Reports cross a worker's channel as one value each: execnet walks every value in Python, which costs more than the scenario."""

    @pytest.hookimpl(wrapper=True)
    def pytest_report_to_serializable(self, config: pytest.Config) -> Generator[None, dict[str, Any] | None, dict[str, Any] | None]:
        """Packs what pytest made of the report; what cannot be packed is sent as it is."""
        data = yield
        if data is None or not is_worker(config):
            return data
        try:
            return {_PACKED: marshal.dumps(data, _MARSHAL)}
        except ValueError:
            return data

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_from_serializable(self, data: dict[str, Any]) -> None:
        """Unpacks it in place, for pytest to read."""
        packed = data.pop(_PACKED, None)
        if packed is not None:
            data.update(marshal.loads(packed))  # noqa: S302 - from our own worker, as trusted as the channel that already runs its code
