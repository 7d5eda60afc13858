"""Step definitions: `given`, `when` and `then`, and the register of everything that they defined."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeVar

from cucumber_expressions.errors import CucumberExpressionError
from pytest_bdd.gherkin_parser import DataTable
from pytest_bdd.parser import Step

from support.gherkin.phrases import Phrase, compile_phrase
from support.problems import Problem, shown
from support.vocabulary import PARAMETER_TYPES, VOCABULARY

P = ParamSpec("P")
T = TypeVar("T")

StepType = Literal["given", "when", "then"]
RESERVED = frozenset({"datatable", "docstring"})
"""Parameters of a step function that are filled from the step's own table and doc string."""


@dataclass(frozen=True, slots=True, eq=False)
class StepDefinition:
    """One phrase and the function that carries it out.

    `keyword` is the step type (given, when, then). The values of the phrase fill the last parameters of the function in order;
    `datatable` and `docstring` are filled from the step; every parameter before the values is a fixture.
    `path` is absolute, `line` the line of the decorator, `noun` the name of the step module.
    """

    keyword: StepType
    phrase: str
    verifies: tuple[str, ...]
    function: Callable[..., Any]
    path: str
    line: int
    noun: str
    compiled: Phrase = field(repr=False)
    fixtures: tuple[str, ...] = field(repr=False)
    value_names: tuple[str, ...] = field(repr=False)
    wants_datatable: bool = field(repr=False)
    wants_docstring: bool = field(repr=False)
    is_async: bool = field(repr=False)

    @property
    def place(self) -> str:
        """`file:line` of the decorator."""
        return f"{shown(Path(self.path))}:{self.line}"


class Register:
    """Everything that the loaded step modules define, and the mistakes in it, in the order of loading."""

    def __init__(self) -> None:
        self.definitions: list[StepDefinition] = []
        self.problems: list[Problem] = []

    def add(self, keyword: StepType, phrase: str, verifies: tuple[str, ...], function: Callable[..., Any], line: int) -> None:
        """Adds a definition, or the problem for which it cannot be one."""
        path = inspect.getfile(inspect.unwrap(function))
        try:
            compiled = compile_phrase(phrase, PARAMETER_TYPES)
        except CucumberExpressionError as error:
            self.problems.append(_bad_phrase(path, line, phrase, error))
            return
        parameters = [name for name in inspect.signature(function).parameters if name not in RESERVED]
        count = len(compiled.types)
        if count > len(parameters):
            what = f'the phrase "{phrase}" has {count} values, {function.__name__} takes {len(parameters)}'
            self.problems.append(Problem(shown(Path(path)), line, "", what, "give the function one parameter for each value, after its fixtures"))
            return
        split = len(parameters) - count
        names = inspect.signature(function).parameters
        self.definitions.append(
            StepDefinition(
                keyword=keyword,
                phrase=phrase,
                verifies=verifies,
                function=function,
                path=path,
                line=line,
                noun=function.__module__.rpartition(".")[2],
                compiled=compiled,
                fixtures=tuple(parameters[:split]),
                value_names=tuple(parameters[split:]),
                wants_datatable="datatable" in names,
                wants_docstring="docstring" in names,
                is_async=inspect.iscoroutinefunction(function),
            )
        )


def _bad_phrase(path: str, line: int, phrase: str, error: CucumberExpressionError) -> Problem:
    lines = [text.strip() for text in str(error).splitlines() if text.strip()]
    reason = " ".join(text for text in lines if text != phrase and not text.startswith(("^", "This Cucumber")))
    known = ", ".join(sorted(f"{{{name}}}" for name in VOCABULARY))
    remedy = f"the parameter types are {known}; support/vocabulary.py defines them" if "ndefined parameter type" in reason else "mend the phrase"
    return Problem(shown(Path(path)), line, "", f'the phrase "{phrase}" cannot be read: {reason}', remedy)


REGISTER = Register()


def given(phrase: str, verifies: str | tuple[str, ...] = ()) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Defines how a Given is established: sync or async; `verifies` names requirements that passing proves."""
    return _definer("given", phrase, verifies)


def when(phrase: str, verifies: str | tuple[str, ...] = ()) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Defines how a When is done: sync or async; `verifies` names requirements that passing proves."""
    return _definer("when", phrase, verifies)


def then(phrase: str, verifies: str | tuple[str, ...] = ()) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Defines how a Then is observed: sync or async; `verifies` names requirements that passing proves."""
    return _definer("then", phrase, verifies)


def _definer(keyword: StepType, phrase: str, verifies: str | tuple[str, ...]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    line = sys._getframe(2).f_lineno  # noqa: SLF001 - the decorator's own line: co_firstlineno knows only that of the first of several
    ids = (verifies,) if isinstance(verifies, str) else tuple(verifies)

    def define(function: Callable[P, T]) -> Callable[P, T]:
        REGISTER.add(keyword, phrase, ids, function, line)
        return function

    return define


def definitions() -> list[StepDefinition]:
    """Every definition of the step modules loaded so far, in the order of loading."""
    return list(REGISTER.definitions)


class BoundStep(Step):
    """pytest-bdd's step, with the definition that carries it out and the values of its phrase."""

    __slots__ = ("definition", "values")  # a hundred thousand steps: outside the dictionary, which would cost more than all the rest

    definition: StepDefinition | None
    values: tuple[Any, ...]

    def __init__(
        self, name: str, kind: str, indent: int, line_number: int, keyword: str, datatable: DataTable | None = None, docstring: str | None = None
    ) -> None:
        super().__init__(name, kind, indent, line_number, keyword, datatable, docstring)
        self.definition = None
        self.values = ()


def definition_of(step: Step) -> StepDefinition | None:
    """The definition that carries the step out; None if there is none."""
    return step.definition if isinstance(step, BoundStep) else None
