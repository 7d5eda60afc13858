"""The step index: which definition carries out a step, independent of how many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from support.gherkin.definitions import StepDefinition


class Match(NamedTuple):
    """The definitions that fit a step's text: none (undefined), one, or several (ambiguous); and the values for the only one."""

    definitions: tuple[StepDefinition, ...]
    values: tuple[Any, ...]
    refusal: str = ""


class StepIndex:
    """Definitions by step type and first literal words; each (type, text) is looked up and its values are built once."""

    def __init__(self, definitions: Iterable[StepDefinition]) -> None:
        self.definitions: Sequence[StepDefinition] = tuple(definitions)
        self.used: set[StepDefinition] = set()
        self._by_prefix: dict[str, dict[str, list[StepDefinition]]] = defaultdict(lambda: defaultdict(list))
        self._memo: dict[tuple[str, str], Match] = {}
        for definition in self.definitions:
            self._by_prefix[definition.keyword][definition.compiled.prefix].append(definition)
        self._lengths = {kind: sorted({len(prefix) for prefix in prefixes}) for kind, prefixes in self._by_prefix.items()}

    def match(self, kind: str, text: str) -> Match:
        """What fits the step; the answer for a text is remembered."""
        key = (kind, text)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = self._look_up(kind, text)
        return found

    def forget(self) -> None:
        """Lets go of what was looked up: the steps know their definitions, only rows are looked up again."""
        self._memo.clear()

    def _look_up(self, kind: str, text: str) -> Match:
        prefixes = self._by_prefix.get(kind, {})
        fitting: tuple[StepDefinition, ...] = ()
        written: tuple[Any, ...] = ()
        size = len(text)
        for length in self._lengths.get(kind, ()):
            if length > size:
                break
            for definition in prefixes.get(text[:length], ()):
                found = definition.compiled.written(text)
                if found is not None:
                    fitting += (definition,)
                    written = found
                    self.used.add(definition)
        if len(fitting) != 1:
            return Match(fitting, ())
        try:
            return Match(fitting, fitting[0].compiled.built(text, written))
        except (ValueError, ArithmeticError, LookupError) as error:
            return Match(fitting, (), str(error) or type(error).__name__)
