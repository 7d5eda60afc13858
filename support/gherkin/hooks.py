"""Hooks as they are called for scenarios: pytest-bdd's own as it would call them, pytest's without those who only care for other tests.

pytest-bdd's own reporter keeps three copies of every scenario for as long as the run lasts, for `--cucumberjson` and its terminal reporter
only; it is left out of the calls unless one of them was asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pluggy
import pytest
from pytest_bdd import plugin as bdd

Hook = Callable[..., Any]


KEEPS_OUT = "keeps_out_of_scenarios"
"""A plugin with this attribute, and not a false one, is not told what happens to scenarios."""


IDLE_IN_WORKERS = ("terminalreporter", "lfplugin")
"""pytest's own plugins that take note of every report in a worker, too, where nobody sees a terminal and nothing of the last failures is kept."""


class ScenarioHooks:
    """Stands for `config.hook` in what pytest calls for an item: `given` is what pytest would call for it, without plugins that keep out."""

    def __init__(self, config: pytest.Config, given: pluggy.HookRelay) -> None:
        self._manager = config.pluginmanager
        self._left_out = [*getattr(given, "remove_mods", ()), *_unwanted(config)]
        self._left_out += [plugin for plugin in self._manager.get_plugins() if getattr(plugin, KEEPS_OUT, False) is True]
        if hasattr(config, "workerinput"):
            self._left_out += [plugin for name in IDLE_IN_WORKERS if (plugin := self._manager.get_plugin(name)) is not None]

    def __getattr__(self, name: str) -> pluggy.HookCaller:
        caller = self._manager.subset_hook_caller(name, self._left_out)
        setattr(self, name, caller)
        return caller


def _silent(**_told: Any) -> None:  # noqa: ANN401 - stands for any hook
    """A hook that nobody implements."""


class StepHooks:
    """The hooks of one session; those that nobody implements cost nothing."""

    __slots__ = ("after_scenario", "after_step", "before_scenario", "before_step", "before_step_call", "step_error")

    def __init__(self, config: pytest.Config) -> None:
        left_out = _unwanted(config)
        self.before_scenario = _hook(config, "pytest_bdd_before_scenario", left_out)
        self.after_scenario = _hook(config, "pytest_bdd_after_scenario", left_out)
        self.before_step = _hook(config, "pytest_bdd_before_step", left_out)
        self.before_step_call = _hook(config, "pytest_bdd_before_step_call", left_out)
        self.after_step = _hook(config, "pytest_bdd_after_step", left_out)
        self.step_error = _hook(config, "pytest_bdd_step_error", left_out)


def _unwanted(config: pytest.Config) -> list[object]:
    wanted = config.getoption("cucumber_json_path", None) or config.getoption("gherkin_terminal_reporter", default=False)
    return [] if wanted else [bdd]


def _hook(config: pytest.Config, name: str, left_out: list[object]) -> Hook:
    """Whoever implements the hook is called as pluggy would call it, and directly: twice for each step, pluggy costs more than most steps."""
    caller = config.pluginmanager.subset_hook_caller(name, left_out)
    found = caller.get_hookimpls()
    if not found:
        return _silent
    if any(each.wrapper or each.hookwrapper for each in found):
        return caller
    calls = [(each.function, each.argnames) for each in reversed(found)]
    if not any(names for _, names in calls):
        plain = [function for function, _ in calls]

        def happened(**_told: Any) -> None:  # noqa: ANN401 - stands for any hook
            __tracebackhide__ = True
            for function in plain:
                function()

        return happened

    def told(**values: Any) -> None:  # noqa: ANN401 - stands for any hook
        __tracebackhide__ = True
        for function, names in calls:
            function(*[values[name] for name in names])

    return told
