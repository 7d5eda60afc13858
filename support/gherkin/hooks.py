"""pytest-bdd's own hooks, called as it would call them.

Its own reporter keeps three copies of every scenario for as long as the run lasts, for `--cucumberjson` and its terminal reporter
only; it is left out of the calls unless one of them was asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_bdd import plugin as bdd

Hook = Callable[..., Any]


def _silent(**_told: Any) -> None:  # noqa: ANN401 - stands for any hook
    """A hook that nobody implements."""


class StepHooks:
    """The hooks of one session; those that nobody implements cost nothing."""

    __slots__ = ("after_scenario", "after_step", "before_scenario", "before_step", "before_step_call", "step_error")

    def __init__(self, config: pytest.Config) -> None:
        left_out: list[object] = [] if _reporter_wanted(config) else [bdd]
        self.before_scenario = _hook(config, "pytest_bdd_before_scenario", left_out)
        self.after_scenario = _hook(config, "pytest_bdd_after_scenario", left_out)
        self.before_step = _hook(config, "pytest_bdd_before_step", left_out)
        self.before_step_call = _hook(config, "pytest_bdd_before_step_call", left_out)
        self.after_step = _hook(config, "pytest_bdd_after_step", left_out)
        self.step_error = _hook(config, "pytest_bdd_step_error", left_out)


def _reporter_wanted(config: pytest.Config) -> bool:
    return bool(config.getoption("cucumber_json_path", None) or config.getoption("gherkin_terminal_reporter", default=False))


def _hook(config: pytest.Config, name: str, left_out: list[object]) -> Hook:
    caller = config.pluginmanager.subset_hook_caller(name, left_out)
    return caller if caller.get_hookimpls() else _silent
