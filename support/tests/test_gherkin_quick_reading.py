"""What replaces the reading of features and phrases gives what the libraries give, and what all replacements rest on is there.

When a new version changes what a replacement relies on, its test here fails and names it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cucumber_expressions.expression import CucumberExpression
from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser
from pytest_bdd.parser import FeatureParser, Step

from support.gherkin.document import Document, read
from support.gherkin.ground import missing
from support.gherkin.parser import QuickParser
from support.gherkin.phrases import compile_phrase
from support.tests.gherkin_project import ROOT, Project
from support.vocabulary import PARAMETER_TYPES, VOCABULARY

EVERYTHING = '''\
# language: en
@one @two # a comment
Feature: Everything: with a colon
  Prose | with a bar, "quotes" and @signs
  # a comment

  Background: before
    Given a table
      | a | b \\| c |
      | 1 |        |
    * a star

  @three
  Rule: A rule must
    Rule prose.

    Background:
      Given a doc string
        """json
        | no table | @no tag
        Scenario: no scenario
          # no comment
        """

    @four
    Scenario: First: with a colon
      When <this> is plain
      Then a: b
      But ```
      And the end

    Scenario Outline: Second <x>
      Then <x> is <y>
        ```
        <x> "and" <y>
        ```

      @five
      Examples: some
        | x | y |
        | 1 | 2 |

      Examples:
        | x | y |
        | 3 | 4 |
'''
FRENCH = "# language: fr\nFonctionnalité: Flotte\n  Scénario: Un\n    Soit un nœud\n    Quand il part\n    Alors rien\n"
BROKEN = "Feature: A\n  Scenario: B\n    Given c\n    Nonsense: d\n      | x |\n  Scenario: E\n    Rubbish\n"


def without_ids(value: object) -> object:
    """The same document without the running numbers that the parser gives."""
    if isinstance(value, dict):
        return {key: without_ids(each) for key, each in value.items() if key != "id"}
    return [without_ids(each) for each in value] if isinstance(value, list) else value


def parsed_or_errors(parse: Callable[[str], object], text: str) -> object:
    """The document, or the messages of the errors."""
    try:
        return without_ids(parse(text))
    except (CompositeParserException, ParserException) as error:
        return [str(each) for each in getattr(error, "errors", [error])]


@pytest.mark.parametrize("text", [EVERYTHING, FRENCH, BROKEN, "", "# only a comment\n", "Scenario: no feature\n", "@tag with space\nFeature: x\n"])
def test_the_quick_parser_reads_what_the_official_one_reads(text: str) -> None:
    quick = QuickParser()
    assert parsed_or_errors(quick.document, text) == parsed_or_errors(Parser().parse, text)
    assert parsed_or_errors(quick.document, EVERYTHING) == parsed_or_errors(Parser().parse, EVERYTHING)


def test_the_quick_parser_reads_every_feature_alike() -> None:
    for path in (ROOT / "features").rglob("*.feature"):
        text = path.read_text(encoding="utf-8")
        assert without_ids(QuickParser().document(text)) == without_ids(Parser().parse(text)), path


@pytest.mark.parametrize("name", sorted(VOCABULARY))
def test_plain_phrases_become_the_expression_of_the_library(name: str) -> None:
    for source in (f"{{{name}}}", f"the {{{name}}} of a.b* [x] is {{{name}}}, ok?", "no parameter at all^$"):
        assert compile_phrase(source, PARAMETER_TYPES).regexp == CucumberExpression(source, PARAMETER_TYPES).regexp


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{string} and {count} of {string}", '"a \\" b" and three of \'c\''),
        ("{money} within {duration}", "$1,200.50 within 10 minutes"),
        ("node(s) stop/start in {word}", "nodes start in chat"),
        ("{count} node(s)", "3 nodes"),
    ],
)
def test_values_are_those_of_the_library(source: str, text: str) -> None:
    found = CucumberExpression(source, PARAMETER_TYPES).match(text)
    assert found is not None
    phrase = compile_phrase(source, PARAMETER_TYPES)
    written = phrase.written(text)
    assert written is not None
    assert phrase.built(text, written) == tuple(argument.value for argument in found)
    assert phrase.written(f"{text} and more") is None


def test_a_feature_is_the_model_that_pytest_bdd_makes(tmp_path: Path) -> None:
    path = tmp_path / "everything.feature"
    path.write_text(EVERYTHING, encoding="utf-8")
    ours = read(path)
    assert isinstance(ours, Document)
    theirs = FeatureParser(str(tmp_path), path.name).parse()
    assert list(ours.feature.scenarios) == list(theirs.scenarios)
    for name, template in theirs.scenarios.items():
        mine = ours.feature.scenarios[name]
        assert mine.tags == template.tags
        assert (mine.rule and mine.rule.tags) == (template.rule and template.rule.tags)
        assert [vars(examples) for examples in mine.examples] == [vars(examples) for examples in template.examples]
        planned = next(each for each in ours.scenarios if each.template is mine)
        for row in planned.instances:
            rendered, expected = planned.rendered(row), template.render(row.values if row else {})
            assert rendered.name == expected.name
            assert [told(step) for step in rendered.steps] == [told(step) for step in expected.steps]


def told(step: Step) -> tuple[object, ...]:
    """What a step says."""
    table = step.datatable.raw() if step.datatable else None
    return step.type, step.keyword, step.name, step.line_number, step.indent, step.docstring, table


MOVED = """
import dataclasses
from pytest_bdd import parser

@dataclasses.dataclass
class Rule:
    keyword: str
    name: str
    description: str
    tags: set
    background: object = None
    author: object = None

@dataclasses.dataclass
class Background:
    line_number: int
    owner: str

parser.Rule, parser.Background = Rule, Background
del parser.Examples
"""


def test_a_run_without_its_ground_ends_with_what_is_missing(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("moved.py", MOVED)
    project.write("conftest.py", 'pytest_plugins = ["support.gherkin.plugin"]\n')
    project.feature("  Scenario: One\n    Given a fleet\n")
    ran = project.run("-p", "moved")
    assert ran.code == pytest.ExitCode.USAGE_ERROR, ran.text
    assert "is not what support/gherkin rests on: Background also wants owner; there is no Examples. Install pytest-bdd 9" in ran.text
    assert "Traceback" not in ran.text


def test_there_is_ground_here() -> None:
    assert missing() == []
