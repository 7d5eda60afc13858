"""Each replacement of a part of pytest-bdd, pytest or the Gherkin libraries does what the original does, and its ground still stands.

When a new version changes what a replacement relies on, its test here fails and names it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from _pytest.assertion import rewrite, util
from _pytest.cacheprovider import LFPlugin
from _pytest.fixtures import FixtureManager, TopRequest
from _pytest.nodeid import NodeId
from _pytest.terminal import TerminalReporter
from cucumber_expressions.expression import CucumberExpression
from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser
from pytest_bdd import hooks
from pytest_bdd.parser import FeatureParser, Step

from support.gherkin import assertions, terminal
from support.gherkin.document import Document, read
from support.gherkin.ground import missing
from support.gherkin.hooks import StepHooks
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


HOOKS = """
def pytest_bdd_before_scenario(request, feature, scenario):
    print("HOOK before_scenario", feature.name, scenario.name)

def pytest_bdd_before_step(request, feature, scenario, step, step_func):
    print("HOOK before_step", step.type, step.name, step_func.__name__)

def pytest_bdd_before_step_call(request, feature, scenario, step, step_func, step_func_args):
    print("HOOK before_step_call", step.name, sorted(step_func_args))

def pytest_bdd_after_step(request, feature, scenario, step, step_func, step_func_args):
    print("HOOK after_step", step.name, sorted(step_func_args))

def pytest_bdd_step_error(request, feature, scenario, step, step_func, step_func_args, exception):
    print("HOOK step_error", step.name, exception)

def pytest_bdd_after_scenario(request, feature, scenario):
    print("HOOK after_scenario", scenario.name)
"""
STEPS = """
@given("a fleet")
def fleet_present(tmp_path):
    pass

@then("a table")
def table(datatable, docstring=None):
    pass

@then("it breaks")
def broken():
    raise ValueError("broken")
"""
FEATURE = """\
  Background:
    Given a fleet

  Scenario: One
    Then a table
      | 1 |
    And it breaks
    And a table

  Scenario: Two
    Given a fleet
"""


MORE_HOOKS = """
import pytest

class First:
    @pytest.hookimpl(tryfirst=True)
    def pytest_bdd_before_step(self, step):
        print("HOOK first", step.name)

class Around:
    @pytest.hookimpl(wrapper=True)
    def pytest_bdd_before_step(self, step):
        print("HOOK around", step.name)
        yield
        print("HOOK after that", step.name)

def pytest_configure(config):
    config.pluginmanager.register(First())
"""
WRAPPED = "    config.pluginmanager.register(Around())\n"


@pytest.mark.parametrize(("more", "count"), [("", 19), (MORE_HOOKS, 24), (MORE_HOOKS + WRAPPED, 34)])
def test_the_hooks_are_called_as_pytest_bdd_calls_them(tmp_path: Path, more: str, count: int) -> None:
    ours, theirs = Project(tmp_path / "ours"), Project(tmp_path / "theirs")
    ours.write("conftest.py", 'pytest_plugins = ["support.gherkin.plugin"]\n' + HOOKS + more)
    ours.steps(STEPS)
    ours.feature(FEATURE)
    theirs.write("conftest.py", HOOKS + more)
    theirs.feature(FEATURE)
    theirs.write("test_bound.py", f'from pytest_bdd import given, then, scenarios\nscenarios("features/fleet.feature")\n{STEPS}')
    hooked = [
        [line[line.index("HOOK") :] for line in text.splitlines() if "HOOK" in line]
        for text in (ours.run("-s", "-q").text, theirs.run("-s", "-q", "test_bound.py").text)
    ]
    assert hooked[0] == hooked[1]
    assert len(hooked[0]) == count, hooked[0]


def test_pytest_bdd_has_the_hooks_that_are_called() -> None:
    for name in StepHooks.__slots__:
        assert hasattr(hooks, f"pytest_bdd_{name}"), name


def test_pytest_keeps_what_counts_assertions_where_it_is_replaced() -> None:
    assert hasattr(util, assertions.PASSED)
    assert hasattr(rewrite, assertions.MESSAGE)
    assert getattr(rewrite, assertions.WANTED)() is bool(getattr(util, assertions.PASSED))


SECRETIVE = """
class Secretive:
    def __eq__(self, other):
        return True

    def __repr__(self):
        raise LookupError("it was shown")

@then("it holds")
def holds():
    assert Secretive() == Secretive(), f"{Secretive}"
    assert Secretive
"""


def test_nothing_is_shown_of_what_holds(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write(
        "conftest.py",
        'pytest_plugins = ["support.gherkin.plugin"]\n\ndef pytest_bdd_after_step(request):\n    print("COUNT", request.node.running.assertions)\n',
    )
    project.steps(SECRETIVE)
    project.feature("  Scenario: Held\n    Then it holds\n")
    ran = project.run("-q", "-s")
    ran.has("COUNT 2", "1 passed")
    assert "it was shown" not in ran.text


@pytest.mark.parametrize("wanted", [assertions.WANTED, "_a_question_that_is_not_asked"])
def test_assertions_count_as_they_are_asked_about_or_told(monkeypatch: pytest.MonkeyPatch, wanted: str) -> None:
    monkeypatch.setattr(assertions, "WANTED", wanted)
    monkeypatch.setattr(util, assertions.PASSED, None)
    asserting = "def holds(ar):\n    if ar._check_if_assertion_pass_impl():\n        ar._call_assertion_pass(1, 'x', 'x')\n"
    step: dict[str, Any] = {"__name__": "steps.nodes"}
    library: dict[str, Any] = {"__name__": "library"}
    for module in (step, library):
        exec(asserting, module)  # noqa: S102 - what pytest makes of an assertion
    count = 0

    def one_more() -> None:
        nonlocal count
        count += 1

    with assertions.counted(one_more):
        step["holds"](rewrite)
        library["holds"](rewrite)
    step["holds"](rewrite)
    assert count == 1


def test_the_terminal_reporter_names_tests_where_it_is_replaced() -> None:
    parameters = list(inspect.signature(getattr(TerminalReporter, terminal.LOCATION_LINE)).parameters)
    assert parameters == ["self", "nodeid", "fspath", "lineno", "domain"]


def test_pytest_gives_items_of_other_kinds_their_fixtures_as_it_gives_doctests() -> None:
    assert list(inspect.signature(FixtureManager.getfixtureinfo).parameters) == ["self", "node", "func", "cls"]
    assert list(inspect.signature(FixtureManager.getfixturedefs).parameters) == ["self", "argname", "node"]
    assert list(inspect.signature(TopRequest).parameters) == ["pyfuncitem", "_ispytest"]
    assert str(NodeId.parse("features/a.feature::Some stop[1, 2]")) == "features/a.feature::Some stop[1, 2]"


LISTENING = """
import sys

def pytest_collection_finish(session):
    for item in session.items:
        told = {each.plugin_name for each in item.ihook.pytest_runtest_logreport.get_hookimpls()}
        print("TOLD", sorted(told & {"terminalreporter", "lfplugin", "session"}), file=sys.__stderr__)
"""


def test_in_workers_nobody_takes_note_for_a_terminal_and_a_memory_that_are_elsewhere(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("conftest.py", 'pytest_plugins = ["support.gherkin.plugin"]\n' + LISTENING)
    project.steps('@given("a fleet")\ndef fleet_present():\n    pass\n\n@given("trouble")\ndef troubled():\n    assert not "trouble"\n')
    project.feature("  Scenario: One\n    Given a fleet\n\n  Scenario: Two\n    Given trouble\n")
    alone, spread = project.run("-v").text, project.run("-v", "-n", "2").text
    assert alone.count("TOLD ['lfplugin', 'session', 'terminalreporter']") == 2, alone
    assert spread.count("TOLD ['session']") == 4, spread
    assert "1 failed, 1 passed" in spread
    assert "1 failed in" in project.run("--lf", "-n", "2").text
    assert 'hasattr(config, "workerinput")' in inspect.getsource(LFPlugin.pytest_sessionfinish)


TOLD = """
import pytest

class Listener:
    def __init__(self, name, keeps_out):
        self.name, self.keeps_out_of_scenarios = name, keeps_out

    def pytest_runtest_setup(self, item):
        print("TOLD", self.name, "of the setup of", item.name)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        print("TOLD", self.name, "of the", call.when, "of", item.name)
        return (yield)

    def pytest_runtest_logreport(self, report):
        print("TOLD", self.name, "of a report of", report.nodeid)

    def pytest_fixture_setup(self, fixturedef, request):
        print("TOLD", self.name, "of", fixturedef.argname, "for", request.node.name)

def pytest_configure(config):
    config.pluginmanager.register(Listener("Inside", False))
    config.pluginmanager.register(Listener("Outside", True))
"""


def test_who_keeps_out_of_scenarios_is_told_of_tests_only(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("conftest.py", 'pytest_plugins = ["support.gherkin.plugin"]\n' + TOLD)
    project.steps('@given("a fleet")\ndef fleet_present(tmp_path):\n    pass\n')
    project.feature("  Scenario: One\n    Given a fleet\n")
    project.write("test_two.py", "def test_two(tmp_path):\n    pass\n")
    told = [line for line in project.run("-s", "-q", ".").text.splitlines() if "TOLD" in line]
    for kind in ("setup of", "call of", "a report of", "tmp_path for"):
        for listener, title, expected in (("Inside", "One", True), ("Inside", "two", True), ("Outside", "One", False), ("Outside", "two", True)):
            found = [line for line in told if listener in line and kind in line and title in line]
            assert bool(found) is expected, (listener, kind, title, told)
