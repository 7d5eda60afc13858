"""What replaces a part of how pytest and pytest-bdd carry scenarios out does what the original does, and its ground still stands.

When a new version changes what a replacement relies on, its test here fails and names it.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

import pytest
from _pytest.assertion import rewrite, util
from _pytest.cacheprovider import LFPlugin
from _pytest.fixtures import FixtureManager, TopRequest
from _pytest.nodeid import NodeId
from _pytest.terminal import TerminalReporter
from pytest_bdd import hooks

from support.gherkin import assertions, terminal
from support.gherkin.hooks import StepHooks
from support.tests.gherkin_project import Project

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


ON_A_LOOP = """
import asyncio

@given("a fleet")
async def fleet_present():
    print("LOOP", type(asyncio.get_running_loop()).__module__)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="uvloop is not made for it")
def test_scenarios_are_carried_out_on_the_loop_of_our_choice(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.steps(ON_A_LOOP)
    project.feature("  Scenario: One\n    Given a fleet\n")
    project.run("-s").has("LOOP uvloop", "1 passed")


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
