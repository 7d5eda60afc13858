"""Strict collection: everything that is wrong with features and steps, found before anything is executed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

import pytest

from support.gherkin.collection import FeatureFile, item_name
from support.gherkin.definitions import BoundStep, StepDefinition
from support.gherkin.document import Document, Planned, Row
from support.gherkin.placeholders import filled, placeholders
from support.gherkin.running import LOOP_FIXTURE
from support.gherkin.session import GherkinSession
from support.gherkin.undefined import undefined
from support.problems import Problem, shown

FEATURES = "features"


def examine(session: GherkinSession) -> list[Problem]:
    """Every problem of what was collected; the steps of its features are bound to their definitions on the way."""
    found = list(session.problems)
    for document, _ in session.documents.values():
        found += _feature_problems(document, session)
    if not session.stopped:
        found += [problem for document, _ in session.documents.values() for problem in _step_problems(document, session)]
        found += _fixture_problems(session)
        found += _unknown_verified(session)
        if _whole_folder(session):
            found += _unused(session)
    if session.documents:
        found += session.tags.ledger_problems
    session.index.forget()
    return found


def _feature_problems(document: Document, session: GherkinSession) -> Iterator[Problem]:
    path = shown(document.path)
    yield from session.tags.problems(document.tags, path)
    yield from session.lines.problems(document.path, path, document.lines)
    tags = {(tag.name, tag.line): tag for planned in document.scenarios for tag in planned.tags}
    yield from session.tags.problems(tags.values(), path)
    names: dict[str, int] = {}
    titles: dict[str, int] = {}
    for planned in document.scenarios:
        line = planned.template.line_number
        title = planned.template.name
        earlier = titles.setdefault(title, line)
        if earlier != line:
            what = f'the title "{title}" is taken: line {earlier} has it'
            yield Problem(path, line, "F03", what, "say in the title what makes this scenario different")
            continue
        for row in planned.instances:
            name = item_name(planned, row)
            line = row.line if row else line
            earlier = names.setdefault(name, line)
            if earlier != line:
                yield Problem(path, line, "F03", f'"{name}" stands here again: line {earlier} says the same', "remove the row, or change its values")
        yield from _placeholder_problems(planned, path)


def _placeholder_problems(planned: Planned, path: str) -> Iterator[Problem]:
    if not planned.rows:
        return
    columns = set(planned.rows[0].values)
    for examples in planned.template.examples:
        if set(examples.example_params) != columns:
            yield Problem(path, examples.line_number or 0, "F07", "this table has other columns than the first", "give every table the same columns")
    for step in planned.template.steps:
        for name in placeholders(step.name):
            if name not in columns:
                near = get_close_matches(name, columns, 1)
                remedy = f"did you mean <{near[0]}>?" if near else f"the columns are {', '.join(sorted(columns))}"
                yield Problem(path, step.line_number, "F07", f"<{name}> is no column of the examples", remedy)


def _step_problems(document: Document, session: GherkinSession) -> Iterator[Problem]:
    path = shown(document.path)
    told: set[tuple[int, str]] = set()
    wanted = session.lines.of(document.path)
    for planned in document.scenarios:
        if wanted is not None and not any(wanted.wants(planned, row) for row in planned.instances):
            continue  # who asks for a line hears about its scenario: the steps of the others are not looked up
        for step in planned.template.steps:
            assert isinstance(step, BoundStep)
            for row in _rows(step, planned):
                text = filled(step.name, row.values) if row else step.name
                match = session.index.match(step.type, text)
                if len(match.definitions) == 1 and not match.refusal:
                    if row is None:
                        step.definition, step.values = match.definitions[0], match.values
                    continue
                line = row.line if row else step.line_number
                if (line, text) in told:
                    continue
                told.add((line, text))
                if match.refusal:
                    yield Problem(path, line, "", f'"{text}" carries a value that is none: {match.refusal}', "write a possible value")
                elif match.definitions:
                    yield _ambiguous(path, line, text, match.definitions)
                else:
                    yield undefined(path, line, step.type, text, session.index)


def _rows(step: BoundStep, planned: Planned) -> Sequence[Row | None]:
    """The rows with which the step's text changes; none for a text with a name that is no column, which is told already."""
    names = placeholders(step.name) if planned.rows else []
    if not names:
        return (None,)
    return planned.rows if all(name in planned.rows[0].values for name in names) else ()


def _ambiguous(path: str, line: int, text: str, fitting: tuple[StepDefinition, ...]) -> Problem:
    places = " and ".join(f'"{definition.phrase}" ({definition.place})' for definition in fitting)
    return Problem(path, line, "", f'"{text}" is ambiguous: it fits {places}', "keep one phrase for one meaning")


def _fixture_problems(session: GherkinSession) -> Iterator[Problem]:
    """Parameters of used steps that are no fixture of the feature that uses them."""
    collectors = [collector for _, collector in session.documents.values()]
    if not collectors:
        return
    for definition in sorted(session.index.used, key=lambda each: (each.path, each.line)):
        for name in (*definition.fixtures, *((LOOP_FIXTURE,) if definition.is_async else ())):
            if name != "request" and not _visible(name, collectors[0]):
                known = get_close_matches(name, _fixture_names(collectors[0]), 1)
                remedy = f"did you mean {known[0]}?" if known else "values of the phrase come last, in its order; everything before them is a fixture"
                what = f"the step asks for {name}, which is neither a fixture nor a value of the phrase"
                yield Problem(shown_path(definition), definition.line, "", what, remedy)


def shown_path(definition: StepDefinition) -> str:
    """The module of the definition as a reader wants it."""
    return definition.place.rpartition(":")[0]


def _visible(name: str, collector: FeatureFile) -> bool:
    return bool(collector.session._fixturemanager.getfixturedefs(name, collector))  # noqa: SLF001 - pytest has no public question


def _fixture_names(collector: FeatureFile) -> list[str]:
    return [name for name in collector.session._fixturemanager._arg2node2fixturedefs if not name.startswith("_")]  # noqa: SLF001


def _unknown_verified(session: GherkinSession) -> Iterator[Problem]:
    for definition in session.index.definitions:
        for requirement in definition.verifies:
            if requirement not in session.tags.requirements and not session.tags.ledger_problems:
                what = f"the step verifies {requirement}, which the ledger does not know"
                yield Problem(shown_path(definition), definition.line, "", what, session.tags.advice(requirement))


def _whole_folder(session: GherkinSession) -> bool:
    folder = session.config.rootpath / FEATURES
    if not folder.is_dir() or session.lines:
        return False
    return all(path in session.documents for path in folder.rglob("*.feature"))


def _unused(session: GherkinSession) -> Iterator[Problem]:
    by_phrase: dict[str, list[StepDefinition]] = defaultdict(list)
    for definition in session.index.definitions:
        if definition not in session.index.used:
            by_phrase[definition.phrase].append(definition)
    for phrase, unused in by_phrase.items():
        for definition in unused:
            what = f'no feature uses the phrase "{phrase}"'
            yield Problem(shown_path(definition), definition.line, "S03", what, "remove it, or write the scenario that needs it")


def raise_for(found: list[Problem]) -> None:
    """Ends the session before anything runs, if anything is wrong."""
    count = len(set(found))
    if count:
        raise pytest.Session.Interrupted(f"{count} {'problem' if count == 1 else 'problems'}, nothing was executed")
