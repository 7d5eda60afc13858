"""pytest's terminal output in Gherkin: `-v` lists `feature > scenario`, mistakes are one section at the end."""

from __future__ import annotations

from types import MethodType
from typing import Any, Protocol

import pytest

from support.gherkin.tags import DRAFT

LOCATION_LINE = "_locationline"
"""The terminal reporter's own way to name a test on a line; without it, lines show node ids as pytest does."""


def tell_drafts(reporter: pytest.TerminalReporter) -> None:
    """Shows why each draft fails: its author wants to know, and pytest keeps silent about what is expected to fail."""
    drafts = [report for report in reporter.stats.get("xfailed", []) if getattr(report, "wasxfail", "") == DRAFT]
    if not drafts or reporter.config.getoption("xfail_tb"):
        return
    reporter.section("drafts")
    for report in drafts:
        report.toterminal(reporter._tw)  # noqa: SLF001 - as pytest shows failures
        reporter.write_line("")


class _Located(Protocol):
    def __call__(self, nodeid: Any, fspath: str, lineno: int | None, domain: str) -> str: ...  # noqa: ANN401 - pytest's own


def speak_gherkin(config: pytest.Config) -> None:
    """Lets the terminal reporter name scenarios by feature and title."""
    reporter = config.pluginmanager.getplugin("terminalreporter")
    original: _Located | None = getattr(reporter, LOCATION_LINE, None)
    if original is None:
        return

    def located(_reporter: object, nodeid: Any, fspath: str, lineno: int | None, domain: str) -> str:  # noqa: ANN401 - pytest's own
        return f"{domain} " if fspath.endswith(".feature") else original(nodeid, fspath, lineno, domain)

    setattr(reporter, LOCATION_LINE, MethodType(located, reporter))
