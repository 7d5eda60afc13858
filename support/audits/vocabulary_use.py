"""Which phrase each written step matches: the house's vocabulary applied to the features, without importing a step module."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cucumber_expressions.errors import CucumberExpressionError
from cucumber_expressions.expression import CucumberExpression

from support.audits.documents import Feature, Scenario, Step
from support.audits.modules import Phrase
from support.audits.project import Project
from support.vocabulary import PARAMETER_TYPES


@dataclass(frozen=True)
class Use:
    """One written step, its text with the values of its outline row filled in, and every phrase that matches it; in a background of no scenario."""

    feature: Feature
    scenario: Scenario | None
    step: Step
    text: str
    matches: tuple[Phrase, ...]


class Vocabulary:
    """The phrases that can be compiled, and why the others cannot."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self.refused: list[tuple[Phrase, str]] = []
        self._compiled: dict[str, list[tuple[CucumberExpression, Phrase]]] = {"Given": [], "When": [], "Then": []}
        for phrase in phrases:
            if phrase.text is not None:
                self._compile(phrase, phrase.text)
        self._known: dict[tuple[str, str], tuple[Phrase, ...]] = {}

    def _compile(self, phrase: Phrase, text: str) -> None:
        try:
            expression = CucumberExpression(text, PARAMETER_TYPES)
        except CucumberExpressionError as refused:
            self.refused.append((phrase, " ".join(str(refused).split())))
        else:
            self._compiled[phrase.kind].append((expression, phrase))

    def matching(self, kind: str, text: str) -> tuple[Phrase, ...]:
        """Every phrase of this kind that matches the text; a repeated question costs nothing."""
        if (kind, text) not in self._known:
            self._known[kind, text] = tuple(phrase for expression, phrase in self._compiled[kind] if expression.match(text) is not None)
        return self._known[kind, text]


@lru_cache(maxsize=1)
def vocabulary_of(project: Project) -> Vocabulary:
    """The project's phrases, compiled once."""
    return Vocabulary(project.phrases)


def uses(project: Project, vocabulary: Vocabulary) -> Iterator[Use]:
    """Every step of every feature as it runs: once in a background or scenario, once for each different row of an outline."""
    for feature in project.features:
        for background in feature.backgrounds:
            for step in background.steps:
                yield Use(feature, None, step, step.text, vocabulary.matching(step.kind, step.text))
        for scenario in feature.scenarios:
            for step in scenario.steps:
                for text in filled(scenario, step):
                    yield Use(feature, scenario, step, text, vocabulary.matching(step.kind, text))


def filled(scenario: Scenario, step: Step) -> tuple[str, ...]:
    """The step's text once for each different row of its outline, or as it stands."""
    if not scenario.has_tables:
        return (step.text,)
    texts: dict[str, None] = {}
    for table in scenario.examples:
        for row in table.rows:
            text = step.text
            for name, value in zip(table.header, row, strict=True):
                text = text.replace(f"<{name}>", value)
            texts[text] = None
    return tuple(texts)
