"""Feature files as the checks see them: parsed by the official Gherkin parser, in frozen records that know their lines.

A step carries the kind that it has after `And` and `But` are resolved. Lines and columns are 1-based, as in an editor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser

Node = Mapping[str, Any]
KINDS = {"Context": "Given", "Action": "When", "Outcome": "Then"}


@dataclass(frozen=True)
class Place:
    """Where something is written."""

    line: int
    column: int


@dataclass(frozen=True)
class Tag:
    """One tag, without its `@`."""

    name: str
    place: Place


@dataclass(frozen=True)
class Step:
    """One step: `kind` is Given, When or Then, `keyword` is what is written (`And`)."""

    kind: str
    keyword: str
    text: str
    place: Place
    table: tuple[tuple[str, ...], ...]
    table_place: Place | None


@dataclass(frozen=True)
class Examples:
    """One table of an outline."""

    name: str
    tags: tuple[Tag, ...]
    place: Place
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    header_place: Place | None


@dataclass(frozen=True)
class Scenario:
    """A scenario or an outline, with its own tags only."""

    keyword: str
    name: str
    tags: tuple[Tag, ...]
    steps: tuple[Step, ...]
    examples: tuple[Examples, ...]
    place: Place

    @property
    def has_tables(self) -> bool:
        """Whether it is an outline."""
        return bool(self.examples)

    def tagged(self, name: str) -> bool:
        """Whether it carries this tag itself."""
        return any(tag.name == name for tag in self.tags)


@dataclass(frozen=True)
class Background:
    """The steps that come before each scenario of a feature or a rule."""

    steps: tuple[Step, ...]
    place: Place


@dataclass(frozen=True)
class RuleBlock:
    """A `Rule` with what stands in it."""

    name: str
    tags: tuple[Tag, ...]
    background: Background | None
    scenarios: tuple[Scenario, ...]
    place: Place


@dataclass(frozen=True)
class Feature:
    """One feature file."""

    path: str
    text: str
    name: str
    description: str
    tags: tuple[Tag, ...]
    background: Background | None
    rules: tuple[RuleBlock, ...]
    loose: tuple[Scenario, ...]
    comments: tuple[tuple[int, str], ...]
    place: Place

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Every scenario, in rules and outside, in the order of the file."""
        inside = (scenario for rule in self.rules for scenario in rule.scenarios)
        return tuple(sorted((*self.loose, *inside), key=lambda scenario: scenario.place.line))

    @cached_property
    def backgrounds(self) -> tuple[Background, ...]:
        """Every background, the feature's and the rules'."""
        found = (self.background, *(rule.background for rule in self.rules))
        return tuple(background for background in found if background is not None)

    def steps(self) -> Iterator[Step]:
        """Every step as written, backgrounds included."""
        for background in self.backgrounds:
            yield from background.steps
        for scenario in self.scenarios:
            yield from scenario.steps

    def requirements_of(self, scenario: Scenario) -> tuple[str, ...]:
        """The requirement ids that a scenario claims, its rule's first."""
        around = [rule.tags for rule in self.rules if scenario in rule.scenarios]
        tags = (*self.tags, *(tag for tags in around for tag in tags), *scenario.tags)
        return tuple(dict.fromkeys(tag.name for tag in tags if tag.name.startswith("REQ-")))


class NotGherkin(Exception):
    """A file that the parser refuses; `places` are line and reason of each refusal."""

    def __init__(self, places: tuple[tuple[int, str], ...]) -> None:
        self.places = places
        super().__init__("; ".join(f"{line}: {reason}" for line, reason in places))


def read_feature(path: Path, shown_as: str, before: Feature | None = None) -> Feature:
    """The feature in this file, the one `before` where its text is the same; raises `NotGherkin` with every error that the parser found."""
    text = path.read_text(encoding="utf-8")
    if before is not None and before.text == text:
        return before
    try:
        document: Node = Parser().parse(text)
    except CompositeParserException as refused:
        raise NotGherkin(tuple(_refusal(error) for error in refused.errors)) from refused
    except ParserException as refused:
        raise NotGherkin((_refusal(refused),)) from refused
    node = document.get("feature")
    if node is None:
        raise NotGherkin(((1, "the file has no feature"),))
    return _feature(node, document, shown_as, text)


def _refusal(error: ParserException) -> tuple[int, str]:
    line = int(error.location["line"])
    return line, str(error).partition(": ")[2] or str(error)


def _feature(node: Node, document: Node, path: str, text: str) -> Feature:
    children = node["children"]
    return Feature(
        path=path,
        text=text,
        name=node["name"],
        description=node["description"],
        tags=_tags(node),
        background=_background(children),
        rules=tuple(_rule(child["rule"]) for child in children if "rule" in child),
        loose=_scenarios(children),
        comments=tuple((comment["location"]["line"], comment["text"].strip()) for comment in document["comments"]),
        place=_place(node),
    )


def _rule(node: Node) -> RuleBlock:
    children = node["children"]
    return RuleBlock(node["name"], _tags(node), _background(children), _scenarios(children), _place(node))


def _background(children: list[Node]) -> Background | None:
    for child in children:
        if "background" in child:
            return Background(_steps(child["background"]), _place(child["background"]))
    return None


def _scenarios(children: list[Node]) -> tuple[Scenario, ...]:
    return tuple(_scenario(child["scenario"]) for child in children if "scenario" in child)


def _scenario(node: Node) -> Scenario:
    examples = tuple(_examples(table) for table in node["examples"])
    return Scenario(node["keyword"], node["name"], _tags(node), _steps(node), examples, _place(node))


def _examples(node: Node) -> Examples:
    header = node.get("tableHeader")
    return Examples(
        name=node["name"],
        tags=_tags(node),
        place=_place(node),
        header=_cells(header) if header else (),
        rows=tuple(_cells(row) for row in node.get("tableBody", ())),
        header_place=_place(header["cells"][0], back=2) if header else None,
    )


def _steps(node: Node) -> tuple[Step, ...]:
    steps: list[Step] = []
    kind = "Given"
    for step in node["steps"]:
        kind = KINDS.get(step["keywordType"], kind)
        table = step.get("dataTable")
        steps.append(
            Step(
                kind=kind,
                keyword=step["keyword"].strip(),
                text=step["text"],
                place=_place(step),
                table=tuple(_cells(row) for row in table["rows"]) if table else (),
                table_place=_place(table) if table else None,
            )
        )
    return tuple(steps)


def _cells(row: Node) -> tuple[str, ...]:
    return tuple(cell["value"] for cell in row["cells"])


def _tags(node: Node) -> tuple[Tag, ...]:
    return tuple(Tag(tag["name"].removeprefix("@"), _place(tag)) for tag in node.get("tags", ()))


def _place(node: Node, back: int = 0) -> Place:
    location = node["location"]
    return Place(location["line"], location["column"] - back)
