"""pytest's terminal output in Gherkin: `-v` lists `feature > scenario`, mistakes are one section at the end."""

from __future__ import annotations

from types import MethodType
from typing import Any, Protocol

import pytest

LOCATION_LINE = "_locationline"
"""The terminal reporter's own way to name a test on a line; without it, lines show node ids as pytest does."""


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
