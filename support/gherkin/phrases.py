"""Phrases of steps: Cucumber Expressions, compiled once into one regular expression and its transformers.

`cucumber_expressions` defines the language and its errors. Only the matching is ours: it builds no tree of groups for a text that
does not match, and it knows the literal words with which a phrase begins, so that the step index can leave out most phrases unread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cucumber_expressions.expression import CucumberExpression
from cucumber_expressions.parameter_type import ParameterType
from cucumber_expressions.parameter_type_registry import ParameterTypeRegistry

_FIRST_SPECIAL = re.compile(r"[{(/\\]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A compiled phrase.

    `prefix` is what every matching text begins with, up to its last complete word; it may be empty.
    `types` are the parameter types in the order in which they appear.
    """

    source: str
    prefix: str
    expression: Any
    types: tuple[ParameterType, ...]
    pattern: re.Pattern[str]

    def matches(self, text: str) -> bool:
        """Whether the whole text fits the phrase. Values are not built."""
        return self.pattern.match(text) is not None

    def values(self, text: str) -> tuple[Any, ...] | None:
        """The values in the text, in the order of the phrase, or None if the text does not fit.

        Whatever a parameter type's transformer raises for a value passes through.
        """
        arguments = self.expression.match(text)
        return None if arguments is None else tuple(argument.value for argument in arguments)


def compile_phrase(source: str, registry: ParameterTypeRegistry) -> Phrase:
    """The compiled phrase. Raises `CucumberExpressionError` for a phrase that is not an expression or names an unknown type."""
    expression = CucumberExpression(source, registry)
    types: Sequence[ParameterType] = expression.parameter_types
    return Phrase(source, _literal_prefix(source), expression, tuple(types), expression.tree_regexp.regexp)


def _literal_prefix(source: str) -> str:
    special = _FIRST_SPECIAL.search(source)
    if special is None:
        return source
    # An alternative reaches back to the beginning of its word: only complete words before it are certain.
    return source[: source.rfind(" ", 0, special.start()) + 1]
