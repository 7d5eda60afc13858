"""The phrase book: every phrase with what an author needs to use it, made from the step modules, the features and the last run's evidence."""

from __future__ import annotations

import html as escaping
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from support.audits.modules import Phrase
from support.audits.project import Project
from support.audits.vocabulary_use import Vocabulary, uses
from support.evidence.records import EVIDENCE_PATH, read_evidence
from support.vocabulary import VOCABULARY

PLACE = re.compile(r"\{(?P<name>[^{}]*)\}")


@dataclass(frozen=True)
class Entry:
    """One phrase. `used` counts the steps that are written with it; `took` is the median of the last run, empty if it did not run.

    `verifies` are the requirements that it names itself or, of a Then that names none, those of the scenarios in which it stands.
    """

    noun: str
    kind: str
    phrase: str
    parameters: tuple[str, ...]
    example: str
    verifies: tuple[str, ...]
    used: int
    took: str
    place: str

    def mentions(self, words: Iterable[str]) -> bool:
        """Whether each word occurs somewhere in the entry, in any case, or begins one that does: `wave` finds `waves`."""
        text = " ".join((self.noun, self.kind, self.phrase, self.example, *self.verifies))
        return all(re.search(rf"(?<!\w){re.escape(word)}", text, re.IGNORECASE) for word in words)


def book(project: Project) -> list[Entry]:
    """Every phrase by noun, then Given, When, Then as in its module."""
    counts: Counter[Phrase] = Counter()
    examples: dict[Phrase, str] = {}
    claimed: dict[Phrase, set[str]] = defaultdict(set)
    for use in uses(project, Vocabulary(project.phrases)):
        for phrase in use.matches:
            counts[phrase] += 1
            examples.setdefault(phrase, use.text)
            if phrase.kind == "Then" and use.scenario is not None:
                claimed[phrase].update(use.feature.requirements_of(use.scenario))
    durations = _durations(project)
    return [
        Entry(
            noun=phrase.noun,
            kind=phrase.kind,
            phrase=phrase.text,
            parameters=tuple(_parameters(phrase.text)),
            example=examples.get(phrase) or sample(phrase.text),
            verifies=phrase.verifies or tuple(sorted(claimed[phrase])),
            used=counts[phrase],
            took=_shown(durations.get(phrase.text, ())),
            place=f"{phrase.path}:{phrase.line}",
        )
        for phrase in project.phrases
        if phrase.text is not None
    ]


def sample(phrase: str) -> str:
    """The phrase with the first sample of each parameter type in its place, and in the plural where it has one: the samples are many."""

    def value(match: re.Match[str]) -> str:
        known = VOCABULARY.get(match["name"])
        return next(sample for sample in known.samples if sample != "no") if known else match[0]

    text = PLACE.sub(value, phrase)
    return re.sub(r"\((?P<optional>[^()]*)\)", r"\g<optional>", re.sub(r"(?<=\ba)/an\b|\b[a-z]{2,}/(?=[a-z])", "", text))


def shortly(requirements: Sequence[str], most: int = 3) -> list[str]:
    """The first few, and how many more there are."""
    more = len(requirements) - most
    return [*requirements[:most], *([f"and {more} more"] if more > 0 else [])]


def by_noun(entries: Sequence[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    """The entries of each noun together, in the order of the nouns."""
    for noun, of_noun in groupby(sorted(entries, key=lambda entry: entry.noun), key=lambda entry: entry.noun):
        yield noun, list(of_noun)


def markdown(entries: Sequence[Entry]) -> str:
    """The book as Markdown, a table for each noun."""
    lines = ["# Phrases", ""]
    for noun, of_noun in by_noun(entries):
        lines += [f"## {noun}", "", "| | phrase | example, parameters | verifies | used | took |", "| --- | --- | --- | --- | --- | --- |"]
        for entry in of_noun:
            cells = (
                entry.kind,
                f"`{entry.phrase}`",
                "; ".join([entry.example, *entry.parameters]),
                ", ".join(shortly(entry.verifies)),
                str(entry.used),
                entry.took,
            )
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines)


def html(entries: Sequence[Entry]) -> str:
    """The book as one self-contained page with a search field."""
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("support", "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("phrases.html").render(nouns=list(by_noun(entries)), marked=_marked)


def _marked(phrase: str) -> str:
    """The phrase as HTML, its places marked."""
    from markupsafe import Markup

    return Markup(PLACE.sub(lambda match: f"<var>{match[0]}</var>", escaping.escape(phrase)))  # noqa: S704 - escaped just before


def _parameters(phrase: str) -> Iterator[str]:
    for name in dict.fromkeys(match["name"] for match in PLACE.finditer(phrase)):
        yield f"{{{name}}}: {VOCABULARY[name]}" if name in VOCABULARY else f"{{{name}}}"


def _durations(project: Project) -> dict[str, list[float]]:
    path = project.root / EVIDENCE_PATH
    if not path.is_file():
        return {}
    found: dict[str, list[float]] = defaultdict(list)
    for scenario in read_evidence(path).scenarios:
        for step in scenario.steps:
            if step.verdict == "passed":
                found[step.phrase].append(step.duration)
    return found


def _shown(durations: Sequence[float]) -> str:
    return f"{median(durations) * 1000:.0f} ms" if durations else ""
