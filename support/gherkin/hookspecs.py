"""Hooks that this plugin asks."""

from __future__ import annotations

from collections.abc import Collection

import pytest


@pytest.hookspec(firstresult=True)
def pytest_gherkin_capabilities(config: pytest.Config) -> Collection[str] | None:
    """The capabilities that the target declares: a scenario tagged `@needs_<capability>` is skipped without it."""
