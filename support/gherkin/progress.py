"""How far a long run is, as a bar: one line that is kept up to date on a terminal, a bar at the end of each line of dots in a log.

Short runs, `-q`, `-v`, `-s` and runs without features are left to pytest as they are.
"""

from __future__ import annotations

from collections.abc import Generator
from types import MethodType
from typing import Any

import pytest

LONG = 20
"""A run of so many scenarios is long: its dots do not tell any more how far it is."""

PERCENTAGE = "_get_progress_information_message"
WIDTH = "_screen_width"
"""How the terminal reporter tells progress at the end of a line, and where a line ends; without them, lines end as pytest ends them."""

_CELLS = 30
_CELLS_IN_A_LOG = 12


def bar(done: int, total: int, cells: int) -> str:
    """`[#####.....]`; full only when everything is done."""
    full = done * cells // total
    return f"[{'#' * full}{'.' * (cells - full)}]"


class Progress:
    """Shows how far a run is; it decides at the first scenario whether that takes a bar."""

    def __init__(self, reporter: pytest.TerminalReporter) -> None:
        self._reporter = reporter
        self._session: pytest.Session | None = None
        self._seen = False
        self._live = False
        self._done: set[str] = set()
        self._failed = 0
        self._total = 0

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Takes note of who counts what was collected, here or by workers."""
        self._session = session

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, location: tuple[str, int | None, str]) -> None:
        """The first scenario decides; every other is named beside the bar."""
        if not self._seen:
            self._seen = True
            self._begin(location[0])
        if self._live:
            self._draw(location[2])

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> Generator[None, Any, Any]:
        """Beside a bar there are no letters: what failed is told by name."""
        status = yield
        if not self._live or status is None:
            return status
        category, letter, _ = status
        if category in {"failed", "error"}:
            self._tell(report, category)
        if letter:
            self._done.add(report.nodeid)
        return category, "", ""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Leaves the bar where it stands at the end."""
        try:
            return (yield)
        finally:
            if self._live:
                self._draw("")
                self._reporter.write("\n")
                self._live = False

    def _begin(self, path: str) -> None:
        reporter = self._reporter
        self._total = self._session.testscollected if self._session else 0
        if self._total < LONG or not path.endswith(".feature"):
            return
        if reporter.isatty():
            self._live = True
            reporter.showfspath = False
        elif hasattr(reporter, PERCENTAGE) and hasattr(reporter, WIDTH):
            self._lengthen(reporter)

    def _lengthen(self, reporter: pytest.TerminalReporter) -> None:
        """A bar instead of the percentage at the end of a line of dots, which is shorter by the bar."""

        def message(told: pytest.TerminalReporter) -> str:
            done = told.reported_progress
            return f" {bar(done, self._total, _CELLS_IN_A_LOG)} {done * 100 // self._total:3d}%"

        setattr(reporter, PERCENTAGE, MethodType(message, reporter))
        setattr(reporter, WIDTH, getattr(reporter, WIDTH) - _CELLS_IN_A_LOG)

    def _tell(self, report: pytest.TestReport, category: str) -> None:
        self._failed += 1
        path, line, name = report.location
        self._reporter.rewrite(f"{category.upper()} {name} ({path}:{(line or 0) + 1})", erase=True, red=True)
        self._reporter.write("\n")

    def _draw(self, name: str) -> None:
        failed = f", {self._failed} failed" if self._failed else ""
        told = f"{bar(len(self._done), self._total, _CELLS)} {len(self._done)} of {self._total}{failed}  {name}"
        width = self._reporter._tw.fullwidth - 1  # noqa: SLF001 - the only place that knows the terminal
        self._reporter.rewrite(told[:width].ljust(width), red=bool(self._failed), green=not self._failed)


def show_progress(config: pytest.Config) -> None:
    """Shows it where pytest shows the progress of tests one after the other in dots."""
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if reporter is None or config.get_verbosity(pytest.Config.VERBOSITY_TEST_CASES) or hasattr(config, "workerinput"):
        return
    talks = config.getoption("capture") == "no" or config.getoption("usepdb")
    if not talks and config.getini("console_output_style") == "progress":
        config.pluginmanager.register(Progress(reporter), "gherkin-progress")
