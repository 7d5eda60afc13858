"""A feature file as pytest-bdd's model, with what that model leaves out: every line, order of tags, duplicate titles, example rows.

The official parser reads the file; the objects are pytest-bdd's own, so that its hooks receive what they expect.
"""

from __future__ import annotations

import textwrap
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gherkin.errors import CompositeParserException
from pytest_bdd.gherkin_parser import DataTable
from pytest_bdd.parser import Background, Examples, Feature, Rule, Scenario, ScenarioTemplate, Step

from support.gherkin.definitions import BoundStep
from support.gherkin.parser import PARSER
from support.gherkin.placeholders import filled
from support.problems import Problem, shown

Parse = Callable[[Path, str], dict[str, Any]]
_STEP_TYPES = {"Context": "given", "Action": "when", "Outcome": "then"}


@dataclass(slots=True)
class Tag:
    """A tag without its `@`, and its line."""

    name: str
    line: int


@dataclass(slots=True)
class Row:
    """One row of an outline: the values by column, its line, its table's name."""

    values: dict[str, str]
    line: int
    table: str


@dataclass(slots=True)
class Planned:
    """One scenario or outline as written. Lines `first` to `last` belong to it; rows are empty for a plain scenario."""

    template: ScenarioTemplate
    tags: tuple[Tag, ...]
    first: int
    last: int
    rows: list[Row]
    tables: list[tuple[int, int]] = field(default_factory=list)
    feature_head: int = 0
    rule_head: tuple[int, int] | None = None

    @property
    def instances(self) -> Sequence[Row | None]:
        """What is carried out: each row, or the plain scenario itself."""
        return self.rows or (None,)

    def rendered(self, row: Row | None) -> Scenario:
        """The scenario that is carried out, with the row's values in place."""
        template = self.template
        steps: list[Step] = template.steps if row is None else [_filled_step(step, row.values) for step in template.steps]
        return Scenario(
            feature=template.feature,
            keyword=template.keyword,
            name=template.name if row is None else filled(template.name, row.values),
            line_number=template.line_number if row is None else row.line,
            steps=steps,
            description=template.description,
            tags=template.tags,
            rule=template.rule,
        )


@dataclass(slots=True)
class Document:
    """One feature file: its model, its scenarios in the order of writing, how many lines it has, and what is wrong with its form."""

    path: Path
    feature: Feature
    tags: tuple[Tag, ...]
    scenarios: list[Planned]
    lines: int
    problems: list[Problem]


def read(path: Path, parse: Parse = lambda _path, text: PARSER.document(text)) -> Document | list[Problem]:
    """The document, or everything for which the file cannot be read. `parse` makes the parser's document of a path and its text."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return [Problem(shown(path), 0, "", "this is not UTF-8 text", "save the feature as UTF-8")]
    try:
        parsed = parse(path, text)
    except CompositeParserException as error:
        return [_syntax_problem(path, each) for each in error.errors]
    feature = parsed.get("feature")
    if not feature:
        return [Problem(shown(path), 1, "", "the file holds no feature", 'begin it with "Feature:" and its name')]
    return _Reader(path, text).read(feature)


def _syntax_problem(path: Path, error: Any) -> Problem:  # noqa: ANN401 - the parser's errors share only their `location`
    message = str(error).partition("): ")[2] or str(error)
    _, expected, got = message.partition(", got ")
    if not expected:
        return Problem(shown(path), error.location["line"], "", f"this is not Gherkin: {message}", "mend this line")
    what = f"{got.strip()} does not belong here"
    return Problem(shown(path), error.location["line"], "", what, _belongs(message))


def _belongs(message: str) -> str:
    expected = message.partition(", got ")[0]
    if "#StepLine" in expected:
        return "a step begins with Given, When, Then, And or But, a table row with |, a new scenario with Scenario:"
    if "#FeatureLine" in expected:
        return 'a file begins with "Feature:" and its name'
    return 'a step stands below "Scenario:" or "Background:", a scenario below "Feature:" or "Rule:"'


def _filled_step(step: Step, values: dict[str, str]) -> BoundStep:
    table = BoundStep.render_datatable(step.datatable, values) if step.datatable else None
    text = None if step.docstring is None else filled(step.docstring, values)
    return BoundStep(filled(step.name, values), step.type, step.indent, step.line_number, step.keyword, table, text)


class _Reader:
    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.shown = shown(path)
        self.lines = len(text.splitlines())
        self.problems: list[Problem] = []

    def read(self, parsed: dict[str, Any]) -> Document:
        tags = _tags(parsed)
        feature = Feature(
            scenarios=OrderedDict(),
            filename=str(self.path),
            rel_filename=self.shown,
            language=parsed["language"],
            keyword=parsed["keyword"],
            name=parsed["name"],
            tags={tag.name for tag in tags},
            background=None,
            line_number=parsed["location"]["line"],
            description=textwrap.dedent(parsed["description"]),
        )
        planned: list[Planned] = []
        for child in parsed["children"]:
            if "background" in child:
                feature.background = self._background(child["background"])
            elif "rule" in child:
                planned.extend(self._rule(child["rule"], feature))
            else:
                planned.append(self._scenario(child["scenario"], feature, None, ()))
        self._set_ends(planned, parsed)
        for each in planned:
            feature.scenarios.setdefault(each.template.name, each.template)
        return Document(self.path, feature, tags, planned, self.lines, self.problems)

    def _set_ends(self, planned: list[Planned], parsed: dict[str, Any]) -> None:
        starts = sorted({each.first for each in planned} | {_first_line(child["rule"]) for child in parsed["children"] if "rule" in child})
        following = dict(zip(starts, [*starts[1:], self.lines + 1], strict=True))
        for each in planned:
            each.last = following[each.first] - 1
            each.feature_head = starts[0] - 1

    def _rule(self, parsed: dict[str, Any], feature: Feature) -> Iterator[Planned]:
        tags = _tags(parsed)
        rule = Rule(parsed["keyword"], parsed["name"], textwrap.dedent(parsed["description"]), {tag.name for tag in tags})
        scenarios = [child["scenario"] for child in parsed["children"] if "scenario" in child]
        for child in parsed["children"]:
            if "background" in child:
                rule.background = self._background(child["background"])
        first = _first_line(parsed)
        head = (first, (_first_line(scenarios[0]) if scenarios else self.lines + 1) - 1)
        if not scenarios:
            self._problem(parsed, f'the rule "{rule.name}" has no scenario', "add one, or remove the rule")
        for scenario in scenarios:
            planned = self._scenario(scenario, feature, rule, tags)
            planned.rule_head = head
            yield planned

    def _background(self, parsed: dict[str, Any]) -> Background:
        background = Background(parsed["location"]["line"])
        for step in self._steps(parsed):
            background.add_step(step)
        return background

    def _scenario(self, parsed: dict[str, Any], feature: Feature, rule: Rule | None, rule_tags: tuple[Tag, ...]) -> Planned:
        own = _tags(parsed)
        template = ScenarioTemplate(
            feature=feature,
            keyword=parsed["keyword"],
            name=parsed["name"],
            line_number=parsed["location"]["line"],
            templated=bool(parsed["examples"]),
            description=textwrap.dedent(parsed["description"]),
            tags={tag.name for tag in own},
            rule=rule,
        )
        for step in self._steps(parsed):
            template.add_step(step)
        if not parsed["steps"]:
            self._problem(parsed, f'the scenario "{template.name}" has no step', "write its steps, or remove it")
        planned = Planned(template, (*rule_tags, *own), _first_line(parsed), 0, [])
        for table in parsed["examples"]:
            self._examples(table, planned)
        if not planned.rows and ("Outline" in parsed["keyword"] or "Template" in parsed["keyword"] or parsed["examples"]):
            self._problem(parsed, f'the outline "{template.name}" has no example row', "add Examples with at least one row, or write Scenario:")
        return planned

    def _examples(self, parsed: dict[str, Any], planned: Planned) -> None:
        examples = Examples(parsed["location"]["line"], parsed["name"], tags={tag.name for tag in _tags(parsed)})
        for tag in _tags(parsed):
            what = f"@{tag.name} stands on Examples, where tags bypass selection"
            self.problems.append(Problem(self.shown, tag.line, "F07", what, "put it on the scenario, or make two outlines"))
        header = parsed.get("tableHeader")
        if header:
            examples.set_param_names(cell["value"] for cell in header["cells"])
        last = parsed["location"]["line"]
        for row in parsed.get("tableBody", []):
            values = [cell["value"] for cell in row["cells"]]
            examples.add_example(values)
            last = row["location"]["line"]
            planned.rows.append(Row(dict(zip(examples.example_params, values, strict=True)), last, parsed["name"]))
        planned.template.examples.append(examples)
        planned.tables.append((_first_line(parsed), last))

    def _steps(self, parsed: dict[str, Any]) -> Iterator[BoundStep]:
        kind = ""
        for step in parsed["steps"]:
            kind = _STEP_TYPES.get(step["keywordType"], kind)
            keyword = step["keyword"].strip()
            if not kind:
                self._problem(step, f"the first step begins with {keyword}", "begin with Given, When or Then")
                kind = "given"
            table, text = step.get("dataTable"), step.get("docString")
            yield BoundStep(
                step["text"],
                kind,
                step["location"]["column"] - 1,
                step["location"]["line"],
                keyword.title(),
                DataTable.from_dict(table) if table else None,
                textwrap.dedent(text["content"]) if text else None,
            )

    def _problem(self, parsed: dict[str, Any], what: str, instead: str) -> None:
        self.problems.append(Problem(self.shown, parsed["location"]["line"], "", what, instead))


def _tags(parsed: dict[str, Any]) -> tuple[Tag, ...]:
    return tuple(Tag(tag["name"].lstrip("@"), tag["location"]["line"]) for tag in parsed["tags"])


def _first_line(parsed: dict[str, Any]) -> int:
    tags = parsed["tags"]
    line: int = tags[0]["location"]["line"] if tags else parsed["location"]["line"]
    return line
