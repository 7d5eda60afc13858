"""Rules on the sentences of a feature: its prose, its rules, its titles, its words, its layout (F00 to F03, F06, F09)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from support.audits.documents import Feature
from support.audits.project import Project
from support.audits.rules import Finding, coded

OBLIGATION = re.compile(r"\bmust\b|\bnever\b|\bmay\b.*\bonly\b", re.IGNORECASE)
SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
SCRIPT_TITLE = re.compile(r"^(?:test|verify|check|ensure|scenario|should)\b|\bshould\b", re.IGNORECASE)
QUOTED = re.compile(r'"[^"]*"')
COMMENTED_OUT = re.compile(r"^#\s*(?:(?:Given|When|Then|And|But)\b|(?:Feature|Rule|Background|Scenario|Scenario Outline|Examples):|@\w|\|)")

TECHNICAL = {
    "a URL": re.compile(r"https?://|\bURLs?\b|(?<![\w.])/(?:[\w{}<>-]+/)+[\w{}<>-]*", re.IGNORECASE),
    "a protocol": re.compile(r"\b(?:HTTPS?|REST|GET|POST|PUT|PATCH|DELETE|WebSockets?|websockets?)\b"),
    "a status code": re.compile(r"\bstatus (?:code )?\d{3}\b|\b(?:status|response) code\b|\b\d{3} (?:error|response|status)\b", re.IGNORECASE),
    "a data format": re.compile(r"\b(?:JSON|XML|YAML)\b", re.IGNORECASE),
    "a field name": re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\bfields?\b"),
    "an identifier": re.compile(r"\bids?\b|\bUUIDs?\b", re.IGNORECASE),
    "the database's language": re.compile(r"\bSQL\b", re.IGNORECASE),
    "a wait": re.compile(r"\b(?:sleeps?|retry|retries|polls?|polling)\b", re.IGNORECASE),
    "an interface": re.compile(r"\b(?:APIs?|endpoints?)\b", re.IGNORECASE),
    "the first person": re.compile(r"\b(?:I|we|my|our)\b(?!/)"),
    "the future": re.compile(r"\b(?:will|shall)\b"),
}


@coded("F00")
def readable(project: Project) -> Iterator[Finding]:
    """A feature file is Gherkin.

    What the parser refuses is not run by anybody.

    Breaks:
        Feature: Savings
          Scenario: A saving is booked
            Then the saving is booked
            and sometimes it is shown
    Keeps:
        Feature: Savings
          Scenario: A saving is booked
            Then the saving is booked
    """
    _ = project.features
    for path, line, reason in project.unreadable_features:
        yield Finding(path, line, f"is not Gherkin: {reason}", "write Feature, Rule, Scenario and steps as features/README.md shows")


@coded("F01")
def opens_with_prose(project: Project) -> Iterator[Finding]:
    """A feature opens with 2 to 4 sentences: what the capability is, why it matters, what is out of scope.

    A product owner reads these first; without them the scenarios are answers to an unknown question.

    Breaks:
        Feature: Savings

          Savings matter.

          Scenario: A saving is booked
            Then the saving is booked
    Keeps:
        Feature: Savings

          A saving is what the customer no longer pays. It is booked once it has really happened. Taxes are out of scope here.

          Scenario: A saving is booked
            Then the saving is booked
    """
    for feature in project.features:
        count = len(SENTENCE_END.findall(feature.description))
        if not 2 <= count <= 4:
            said = f"opens with {count} sentences" if feature.description.strip() else "opens without prose"
            yield Finding(feature.path, feature.place.line, said, "write 2 to 4: what it is, why it matters, what is out of scope")


@coded("F02")
def rules_oblige(project: Project) -> Iterator[Finding]:
    """A Rule is one requirement: a sentence with must, may only or never, and its tag @REQ-<AREA>-<nnn>; a loose scenario carries tags itself.

    The matrix shows what each requirement's scenarios prove; a scenario that claims nothing proves nothing.

    Breaks:
        Feature: Savings

          Rule: Booking of savings

            Scenario: A saving is booked
              Then the saving is booked
    Keeps:
        Feature: Savings

          @REQ-SPT-017
          Rule: A saving must be booked once

            Scenario: A saving is booked
              Then the saving is booked
    """
    for feature in project.features:
        yield from _claims(feature)


def _claims(feature: Feature) -> Iterator[Finding]:
    for tag in feature.tags:
        if tag.name.startswith("REQ-"):
            yield Finding(feature.path, tag.place.line, f"@{tag.name} stands on the feature", "tag the Rule that states the requirement")
    for rule in feature.rules:
        ids = [tag.name for tag in rule.tags if tag.name.startswith("REQ-")]
        if len(ids) != 1:
            yield Finding(feature.path, rule.place.line, f"the rule carries {len(ids)} requirement tags", "a Rule is one requirement: give it one")
        if not OBLIGATION.search(rule.name):
            yield Finding(feature.path, rule.place.line, f'"{rule.name}" obliges nobody', "write a full sentence with must, may only or never")
    for scenario in feature.loose:
        if not feature.requirements_of(scenario):
            yield Finding(feature.path, scenario.place.line, f'"{scenario.name}" claims no requirement', "put it under a Rule or give it a @REQ- tag")


@coded("F03")
def titles_tell(project: Project) -> Iterator[Finding]:
    """A scenario's title is situation and outcome, and unique in its file.

    The title is all that a report shows at first; and of two scenarios with one title, the runner alone would drop one without a word.

    Breaks:
        Feature: Savings

          Scenario: Test savings
            Then the saving is booked

          Scenario: Test savings
            Then the saving is shown
    Keeps:
        Feature: Savings

          Scenario: A finished migration has its saving booked
            Then the saving is booked

          Scenario: A booked saving is on the dashboard
            Then the saving is shown
    """
    for feature in project.features:
        first: dict[str, int] = {}
        for scenario in feature.scenarios:
            line = scenario.place.line
            if scenario.name in first:
                yield Finding(feature.path, line, f'"{scenario.name}" is also the title on line {first[scenario.name]}', "say what differs")
            first.setdefault(scenario.name, line)
            if len(scenario.name.split()) < 3:
                yield Finding(feature.path, line, f'"{scenario.name}" does not tell what happens', "write situation and outcome, as a fact")
            elif script := SCRIPT_TITLE.search(scenario.name):
                what = f'"{scenario.name}" says "{script[0]}", which is a test\'s word'
                yield Finding(feature.path, line, what, "write situation and outcome, as a fact: what happens, not what should")


@coded("F06")
def business_words(project: Project) -> Iterator[Finding]:
    """Third person, present tense, business nouns: no URL, status code, data format, field name, id, SQL, wait, API or endpoint.

    If the sentence would change when HTTP became a queue, it describes the machinery and not the product. What stands between quotation
    marks is a given name and is not read.

    Breaks:
        Feature: Savings

          Scenario: A stranger gets no savings
            When I GET /customers/1/savings
            Then the status code is 403
    Keeps:
        Feature: Savings

          Scenario: A stranger gets no savings
            When a stranger asks for the savings of customer "Northwind"
            Then the answer is refused
    """
    for feature in project.features:
        for line, text in _sentences(feature):
            yield from _technical_words(feature.path, line, text)


def _sentences(feature: Feature) -> Iterator[tuple[int, str]]:
    yield feature.place.line, feature.name
    yield feature.place.line, feature.description
    yield from ((rule.place.line, rule.name) for rule in feature.rules)
    yield from ((scenario.place.line, scenario.name) for scenario in feature.scenarios)
    for step in feature.steps():
        yield step.place.line, step.text
        if step.table_place is not None:
            yield from ((step.table_place.line + offset, " | ".join(row)) for offset, row in enumerate(step.table))
    for scenario in feature.scenarios:
        yield from ((table.place.line, f"{table.name} {' | '.join(table.header)}") for table in scenario.examples)


def _technical_words(path: str, line: int, text: str) -> Iterable[Finding]:
    read = QUOTED.sub('""', text)
    for kind, pattern in TECHNICAL.items():
        match = pattern.search(read)
        if match:
            yield Finding(path, line, f'"{match[0]}" is {kind}', "say it in the business's words, in the third person and the present tense")


@coded("F09")
def tidy(project: Project) -> Iterator[Finding]:
    """Nothing is commented out, indentation is two spaces a level, and And replaces a repeated keyword.

    A commented scenario is neither run nor missed; one layout lets every difference in a review be a difference in meaning.

    Breaks:
        Feature: Savings

          # Scenario: An old one
          Scenario: A saving is booked
              Then the saving is booked
              Then the saving is shown
    Keeps:
        Feature: Savings

          Scenario: A saving is booked
            Then the saving is booked
            And the saving is shown
    """
    for feature in project.features:
        for line, comment in feature.comments:
            if COMMENTED_OUT.match(comment):
                yield Finding(feature.path, line, "is commented out", "delete it, or tag it @draft and let it fail")
        yield from _repeated_keywords(feature)
        yield from _indentation(feature)


def _repeated_keywords(feature: Feature) -> Iterator[Finding]:
    for steps in (*(background.steps for background in feature.backgrounds), *(scenario.steps for scenario in feature.scenarios)):
        previous = ""
        for step in steps:
            if step.keyword == "*":
                yield Finding(feature.path, step.place.line, "a bullet hides what the step is", "write Given, When, Then or And")
            elif step.keyword == previous:
                yield Finding(feature.path, step.place.line, f"repeats {step.keyword}", "write And")
            previous = step.kind


def _indentation(feature: Feature) -> Iterator[Finding]:
    for line, column, expected in _columns(feature):
        if column != expected:
            yield Finding(feature.path, line, f"is indented by {column - 1} spaces", f"indent it by {expected - 1}")
    for number, text in enumerate(feature.text.splitlines(), start=1):
        if "\t" in text or text != text.rstrip():
            yield Finding(feature.path, number, "has a tab or space at its end", "indent with spaces and end lines without them")


def _columns(feature: Feature) -> Iterator[tuple[int, int, int]]:
    yield feature.place.line, feature.place.column, 1
    blocks = [(block, 3) for block in (feature.background, *feature.rules, *feature.loose) if block is not None]
    blocks += [(block, 5) for rule in feature.rules for block in (rule.background, *rule.scenarios) if block is not None]
    for block, column in blocks:
        yield block.place.line, block.place.column, column
        for tag in getattr(block, "tags", ())[:1]:
            yield tag.place.line, tag.place.column, column
        for step in getattr(block, "steps", ()):
            yield step.place.line, step.place.column, column + 2
            if step.table_place is not None:
                yield step.table_place.line, step.table_place.column, column + 4
        for table in getattr(block, "examples", ()):
            yield table.place.line, table.place.column, column + 2
            if table.header_place is not None:
                yield table.header_place.line, table.header_place.column, column + 4
