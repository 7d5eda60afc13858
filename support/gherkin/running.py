"""Carrying out one scenario: step after step, pytest-bdd's hooks around each, fixtures by name, coroutines on the session's loop."""

from __future__ import annotations

import inspect
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Any

from _pytest.fixtures import FixtureRequest
from _pytest.outcomes import Failed
from pytest_bdd.parser import Scenario

from support.gherkin.definitions import BoundStep, StepDefinition
from support.gherkin.hooks import StepHooks

LOOP_FIXTURE = "scenario_loop"


class NeverAwaited(AssertionError):
    """A step function gave back something that had to be awaited."""


class Running:
    """A scenario under way: the step that is being carried out, and how many assertions passed in it so far."""

    __slots__ = ("_hooks", "_request", "assertions", "scenario", "step")

    def __init__(self, scenario: Scenario, request: FixtureRequest, hooks: StepHooks) -> None:
        self.scenario = scenario
        self.step: BoundStep | None = None
        self.assertions = 0
        self._request = request
        self._hooks = hooks

    def count(self) -> None:
        """One more assertion passed in the step under way."""
        self.assertions += 1

    def carry_out(self) -> None:
        """Carries out every step in order. Whatever a step raises passes through; the hooks after the scenario are called in any case."""
        __tracebackhide__ = True
        hooks, request, scenario = self._hooks, self._request, self.scenario
        hooks.before_scenario(request=request, feature=scenario.feature, scenario=scenario)
        try:
            for step in scenario.steps:
                assert isinstance(step, BoundStep)
                self.step = step
                self.assertions = 0
                self._carry_out(step)
            self.step = None
        finally:
            hooks.after_scenario(request=request, feature=scenario.feature, scenario=scenario)

    def _carry_out(self, step: BoundStep) -> None:
        __tracebackhide__ = True
        definition = step.definition
        assert definition is not None, f"collection bound every step, and not {step}"
        hooks = self._hooks
        scenario = self.scenario
        told: dict[str, Any] = {
            "request": self._request,
            "feature": scenario.feature,
            "scenario": scenario,
            "step": step,
            "step_func": definition.function,
        }
        hooks.before_step(**told)
        told["step_func_args"] = {}
        try:
            arguments = told["step_func_args"] = self._arguments(step, definition)
            hooks.before_step_call(**told)
            self._call(definition, arguments)
        except (Exception, Failed) as error:
            hooks.step_error(**told, exception=error)
            raise
        hooks.after_step(**told)

    def _arguments(self, step: BoundStep, definition: StepDefinition) -> dict[str, Any]:
        value = self._request.getfixturevalue
        arguments = {name: value(name) for name in definition.fixtures}
        arguments.update(zip(definition.value_names, step.values, strict=True))
        if definition.wants_datatable and step.datatable is not None:
            arguments["datatable"] = step.datatable.raw()
        if definition.wants_docstring and step.docstring is not None:
            arguments["docstring"] = step.docstring
        return arguments

    def _call(self, definition: StepDefinition, arguments: dict[str, Any]) -> None:
        __tracebackhide__ = True
        function: Callable[..., Any] = definition.function
        if definition.is_async:
            loop: AbstractEventLoop = self._request.getfixturevalue(LOOP_FIXTURE)
            loop.run_until_complete(function(**arguments))
            return
        returned = function(**arguments)
        if inspect.isawaitable(returned):
            if inspect.iscoroutine(returned):
                returned.close()
            raise NeverAwaited(f"{function.__name__} gave back something that nobody awaited; write `async def` and `await` it")
