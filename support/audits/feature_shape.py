"""Rules on the shape of scenarios: length, one When, outlines, tags (F04, F05, F07, F08)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from support.audits.documents import Feature, Scenario, Step, Tag
from support.audits.feature_prose import QUOTED
from support.audits.project import Project
from support.audits.rules import Finding, coded
from support.capabilities import CAPABILITIES
from support.gherkin.tags import KNOWN_ISSUE, NEEDS, SELECTING

MOST_STEPS = 7
MOST_JOURNEY_STEPS = 12
MOST_WORDS = 14
MOST_BACKGROUND_STEPS = 3
MOST_ROWS = 8
STATES = ("draft", "known_issue")


@coded("F04")
def short(project: Project) -> Iterator[Finding]:
    """A scenario has 3 to 5 steps, 7 at most, of 14 words at most, with a Then; a Background has 3 at most, all Given; a @journey may have 12 steps.

    Where the median doubles, the scenario has become a script. A scenario without a Then proves nothing.

    Breaks:
        Feature: Savings

          Background:
            When the saving is booked

          Scenario: Nothing is observed
            Given customer "Northwind" runs 20 inference nodes on demand
    Keeps:
        Feature: Savings

          Background:
            Given customer "Northwind" runs 20 inference nodes on demand

          Scenario: A saving is booked
            When the fleet has moved to spot
            Then the saving is booked
    """
    for feature in project.features:
        for background in feature.backgrounds:
            if len(background.steps) > MOST_BACKGROUND_STEPS:
                yield Finding(feature.path, background.place.line, f"the background has {len(background.steps)} steps", "keep 3 at most")
            for step in background.steps:
                if step.kind != "Given":
                    yield Finding(feature.path, step.place.line, f"the background has a {step.kind}", "a background only establishes: write Given")
        for step in feature.steps():
            yield from _step_length(feature, step)
        for scenario in feature.scenarios:
            yield from _scenario_length(feature, scenario)


def _step_length(feature: Feature, step: Step) -> Iterator[Finding]:
    words = len(QUOTED.sub("name", step.text).split())
    if words > MOST_WORDS:
        yield Finding(feature.path, step.place.line, f"the step has {words} words", f"say it in {MOST_WORDS} at most")


def _scenario_length(feature: Feature, scenario: Scenario) -> Iterator[Finding]:
    most = MOST_JOURNEY_STEPS if scenario.tagged("journey") else MOST_STEPS
    line = scenario.place.line
    if len(scenario.steps) > most:
        yield Finding(feature.path, line, f'"{scenario.name}" has {len(scenario.steps)} steps', f"{most} at most: state what is given in one phrase")
    if all(step.kind != "Then" for step in scenario.steps):
        yield Finding(feature.path, line, f'"{scenario.name}" has no Then', "say what somebody can observe")


@coded("F05")
def one_when(project: Project) -> Iterator[Finding]:
    """A scenario has one When, and nothing but Then after Then; only a @journey goes on.

    If Then-When is needed again there are two scenarios, or a state to establish by Given.

    Breaks:
        Feature: Savings

          Scenario: A saving is booked and shown
            When the fleet has moved to spot
            Then the saving is booked
            When the customer opens the dashboard
            Then the saving is shown
    Keeps:
        Feature: Savings

          Scenario: A booked saving is shown
            Given a saving is booked
            When the customer opens the dashboard
            Then the saving is shown
    """
    for feature in project.features:
        for scenario in feature.scenarios:
            yield from _order(feature, scenario, journey=scenario.tagged("journey"))


def _order(feature: Feature, scenario: Scenario, *, journey: bool) -> Iterator[Finding]:
    whens = [step for step in scenario.steps if step.kind == "When"]
    if len(whens) > 1 and not journey:
        yield Finding(
            feature.path, whens[1].place.line, f'"{scenario.name}" has {len(whens)} When', "make two scenarios, or establish the first by Given"
        )
    reached = ""
    for step in scenario.steps:
        if step.kind == "Given" and reached:
            yield Finding(feature.path, step.place.line, f"Given comes after {reached}", "establish what is given first")
        if step.kind != "Given":
            reached = step.kind


@coded("F07")
def outlines_teach(project: Project) -> Iterator[Finding]:
    """An outline has at most 8 rows a table, readable column names, a title that shows what varies; several tables are named; Examples carry no tags.

    A table is worth its space where a reader learns from the rows together. Tags on Examples bypass the runner's tag hook.

    Breaks:
        Feature: Savings

          Scenario Outline: The approval lapses
            When <risk_level> risk is not approved
            Then the approval lapses

            @smoke
            Examples:
              | risk_level |
              | high       |
    Keeps:
        Feature: Savings

          Scenario Outline: An approval at <risk> risk lapses
            When <risk> risk is not approved
            Then the approval lapses

            Examples:
              | risk |
              | high |
    """
    for feature in project.features:
        for scenario in feature.scenarios:
            if scenario.has_tables:
                yield from _outline(feature, scenario)


def _outline(feature: Feature, scenario: Scenario) -> Iterator[Finding]:
    columns = {name for table in scenario.examples for name in table.header}
    if not any(f"<{name}>" in scenario.name for name in columns):
        yield Finding(feature.path, scenario.place.line, f'"{scenario.name}" does not show what varies', "put a <column> into the title")
    for table in scenario.examples:
        line = table.place.line
        if len(table.rows) > MOST_ROWS:
            yield Finding(feature.path, line, f"the table has {len(table.rows)} rows", f"keep the {MOST_ROWS} that teach")
        if len(scenario.examples) > 1 and not table.name:
            yield Finding(feature.path, line, "one of several tables has no name", "name each table for what its rows share")
        for tag in table.tags:
            yield Finding(feature.path, tag.place.line, f"@{tag.name} stands on Examples", "tag the scenario")
        for name in table.header:
            if "_" in name or name != name.strip().lower():
                yield Finding(feature.path, line, f'the column "{name}" is not readable', "use lower-case words with spaces")


@coded("F08")
def closed_tags(project: Project) -> Iterator[Finding]:
    """Tags are closed: requirements; one of @smoke @journey @slow; @needs_<capability>; @draft or @known_issue_<issue>_until_<yyyy>_<mm>_<dd>.

    An unknown tag selects nothing and nobody notices; epic and feature are the folder and the file.

    Breaks:
        Feature: Savings

          @wip @REQ-SPT-999
          Scenario: A saving is booked
            Then the saving is booked
    Keeps:
        Feature: Savings

          @smoke @REQ-SPT-017
          Scenario: A saving is booked
            Then the saving is booked
    """
    for feature in project.features:
        blocks: Sequence[tuple[Tag, ...]] = [feature.tags, *(rule.tags for rule in feature.rules), *(one.tags for one in feature.scenarios)]
        for tags in blocks:
            yield from _tags(project, feature.path, tags)


def _tags(project: Project, path: str, tags: tuple[Tag, ...]) -> Iterator[Finding]:
    for allowed in (SELECTING, STATES):
        chosen = [tag for tag in tags if tag.name.startswith(allowed)]
        if len(chosen) > 1:
            yield Finding(path, chosen[1].place.line, f"@{chosen[0].name} and @{chosen[1].name} stand together", "keep one of them")
    for tag in tags:
        wrong = _tag_problem(project, tag.name)
        if wrong:
            yield Finding(path, tag.place.line, f"@{tag.name} {wrong[0]}", wrong[1])


def _tag_problem(project: Project, name: str) -> tuple[str, str] | None:
    if name in SELECTING or name == "draft":
        return None
    if name.startswith("known_issue"):
        return None if KNOWN_ISSUE.fullmatch(name) else ("names no issue and date", "write @known_issue_<issue>_until_<yyyy>_<mm>_<dd>")
    if name.startswith("REQ-"):
        return ("is not in the ledger", "use an id of features/requirements.toml") if project.lacks(name) else None
    if name.startswith(NEEDS):
        known = name.removeprefix(NEEDS) in CAPABILITIES
        return None if known else ("names no capability of a target", f"the capabilities are {', '.join(sorted(CAPABILITIES))}")
    return "is not one of the tags", "epic is the folder, feature is the file; see the tags in features/README.md"
