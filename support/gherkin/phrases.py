"""Phrases of steps: Cucumber Expressions, compiled once into one regular expression and its transformers.

`cucumber_expressions` defines the language, its errors and every phrase with optional or alternative text. A phrase that is plain words
and parameters is put together here, into the very regular expression that the library would make, without its tokens and trees: that is
most phrases, and the library's way costs more than everything else about a definition. Nothing is compiled before a text needs it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from typing import Any

from cucumber_expressions.argument import Argument
from cucumber_expressions.expression import CucumberExpression
from cucumber_expressions.parameter_type import ParameterType
from cucumber_expressions.parameter_type_registry import ParameterTypeRegistry
from cucumber_expressions.tree_regexp import TreeRegexp

_FIRST_SPECIAL = re.compile(r"[{(/\\]")
_PLAIN = re.compile(r"(?:[^{}()/\\]|\{\w+\})+")
_PARAMETER = re.compile(r"\{(\w+)\}")


class Phrase:
    """A compiled phrase.

    `prefix` is what every matching text begins with, up to its last complete word; it may be empty.
    `types` are the parameter types in the order in which they appear.
    """

    def __init__(self, source: str, types: Sequence[ParameterType], regexp: str, literals: tuple[str, ...] = ()) -> None:
        self.source = source
        self._literals = literals  # what stands around the parameters, where the phrase is words and parameters only
        self.types = tuple(types)
        self.regexp = regexp
        self.prefix = _literal_prefix(source)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The regular expression of the whole text."""
        return re.compile(self.regexp)

    @cached_property
    def _transforms(self) -> tuple[Callable[[str], Any], ...] | None:
        """One transformer for each group; None if a parameter type has groups of its own, as {string} has."""
        plain = not self.types or self._only is not None or self.pattern.groups == len(self.types)
        return tuple(each.transformer for each in self.types) if plain else None

    @cached_property
    def _tree(self) -> TreeRegexp:
        return TreeRegexp(self.regexp)

    @cached_property
    def _only(self) -> re.Pattern[str] | None:
        """The expression of the only parameter; None if there is another number of them, or groups in it."""
        pattern = _pattern_of(tuple(self.types[0].regexps)) if len(self._literals) == 2 else None
        return pattern if pattern is not None and not pattern.groups else None

    def matches(self, text: str) -> bool:
        """Whether the whole text fits the phrase. Values are not built."""
        return self.written(text) is not None

    def written(self, text: str) -> tuple[str | Any, ...] | None:
        """The values as they stand in the text, in the order of the phrase, or None if the text does not fit.

        They are groups of the phrase's expression, which is not needed where one parameter, or none, is all there is.
        """
        if len(self._literals) == 1:
            return () if text == self._literals[0] else None
        if self._only is None:
            found = self.pattern.match(text)
            return found.groups() if found else None
        before, after = self._literals
        if not (text.startswith(before) and text.endswith(after)):
            return None
        end = len(text) - len(after)
        return (text[len(before) : end],) if self._only.fullmatch(text, len(before), end) else None

    def built(self, text: str, found: tuple[str | Any, ...]) -> tuple[Any, ...]:
        """The values that `written` has found in the text. Whatever a parameter type's transformer raises for one passes through."""
        if self._transforms is not None:
            return tuple([transform(written) for transform, written in zip(self._transforms, found, strict=True)])
        return tuple(argument.value for argument in Argument.build(self._tree, text, list(self.types)) or ())


def compile_phrase(source: str, registry: ParameterTypeRegistry) -> Phrase:
    """The compiled phrase. Raises `CucumberExpressionError` for a phrase that is not an expression or names an unknown type."""
    if _PLAIN.fullmatch(source):
        names = _PARAMETER.findall(source)
        types = [found for name in names if (found := registry.lookup_by_type_name(name))]
        if len(types) == len(names):
            return Phrase(source, types, _regexp_of_plain(source, types), tuple(_PARAMETER.split(source)[::2]))
    expression = CucumberExpression(source, registry)
    return Phrase(source, expression.parameter_types, expression.regexp)


@cache
def _pattern_of(regexps: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{regexp})" for regexp in regexps))


def _regexp_of_plain(source: str, types: Sequence[ParameterType]) -> str:
    literals = [CucumberExpression.escape_regex(text) for text in _PARAMETER.split(source)[::2]]
    groups = [f"({each.regexps[0]})" if len(each.regexps) == 1 else f"((?:{')|(?:'.join(each.regexps)}))" for each in types]
    middle = "".join(group + literal for group, literal in zip(groups, literals[1:], strict=True))
    return f"^{literals[0]}{middle}$"


def _literal_prefix(source: str) -> str:
    special = _FIRST_SPECIAL.search(source)
    if special is None:
        return source
    # An alternative reaches back to the beginning of its word: only complete words before it are certain.
    return source[: source.rfind(" ", 0, special.start()) + 1]
