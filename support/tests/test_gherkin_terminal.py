"""What a reader sees: the scenario with its failed step, expected and seen, and Python where nothing else tells what happened."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.tests.gherkin_project import Project

STEPS = """
@given("{count} node(s)")
def nodes_present(number):
    pass

@then("{count} node(s) run")
async def nodes_left(number):
    seen = 17
    assert seen == number, f"expected {number} nodes, saw {seen}"

@then("the platform answers")
async def answered():
    raise ConnectionError("nobody listens on port 1")

@then("the list is")
def listed(datatable):
    assert [1, 2] == [1, 3]
"""

FEATURE = """
  Rule: Nodes must run

    Scenario: Too few
      Given 20 nodes
      Then 20 nodes run
      And 17 nodes run

    Scenario: Nobody there
      Then the platform answers

    Scenario: No message
      Then the list is
        | 1 |
        | 3 |
"""

FAILURE = """\
  Feature: Fleets
  Rule: Nodes must run
  Scenario: Too few    (features/fleet.feature:5)

    Given 20 nodes      passed
>   Then  20 nodes run  FAILED
    And   17 nodes run  not reached

E   expected 20 nodes, saw 17

the step is nodes_left (steps/fleets.py:9)
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.steps(STEPS)
    project.feature(FEATURE)
    return project


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_a_failure_shows_the_scenario_and_the_expectation_and_python_only_where_words_are_missing(project: Project, workers: tuple[str, ...]) -> None:
    outcome = project.run("-q", *workers)
    outcome.has(
        FAILURE,
        "Fleets > Too few",
        "E   ConnectionError: nobody listens on port 1\n\nthe step is answered (steps/fleets.py:14)\nsteps/fleets.py:16: in answered\n",
        "        | 1 |\n        | 3 |\n",
        "E   assert [1, 2] == [1, 3]",
        "steps/fleets.py:20: in listed",
        "FAILED features/fleet.feature::Too few - expected 20 nodes, saw 17",
        "3 failed",
    )
    outcome.lacks("run_until_complete", "base_events", "support/gherkin", "pluggy", "in nodes_left")


@pytest.mark.parametrize("style", ["short", "long", "native", "line", "no"])
def test_every_style_of_traceback_can_be_asked_for(project: Project, style: str) -> None:
    outcome = project.run("-q", f"--tb={style}", "features/fleet.feature:5")
    outcome.has("1 failed")
    outcome.lacks("INTERNALERROR")
    assert ("FAILED\n" in outcome.text) == (style != "no")
    assert ("assert seen == number" in outcome.text) == (style in {"short", "long", "native"})


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_a_draft_shows_where_it_fails_and_a_known_issue_keeps_silent(project: Project, workers: tuple[str, ...]) -> None:
    project.feature(
        "\n  @draft\n  Scenario: Unfinished\n    Given 20 nodes\n    Then 16 nodes run\n"
        "\n  @known_issue_7_until_2999_12_31\n  Scenario: Known\n    Then 15 nodes run\n\n  Scenario: In use\n    Then the platform answers\n",
        "draft",
    )
    outcome = project.run("-q", *workers)
    outcome.has("= drafts =", ">   Then  16 nodes run  FAILED\n\nE   expected 16 nodes, saw 17", "2 xfailed")
    outcome.lacks("expected 15 nodes")


def test_verbose_lists_feature_and_scenario_and_quiet_dots(project: Project) -> None:
    project.run("-v").has("Fleets > Too few FAILED")
    project.run("-q").has("FFF")


def test_the_debugger_stops_in_the_step(project: Project) -> None:
    outcome = project.run("--pdb", "features/fleet.feature:5", stdin="p 'seen is', seen\nq\n")
    outcome.has("('seen is', 17)")


def test_the_debugger_stops_in_the_step_and_not_in_what_it_calls(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.steps("""
def expect_nodes(expected):
    found = 17
    assert found == expected, f"expected {expected} nodes, saw {found}"

@then("{count} node(s) run")
async def nodes_left(number):
    expect_nodes(number)
""")
    project.feature("  Scenario: Too few\n    Then 20 nodes run\n")
    outcome = project.run("--pdb", stdin="p 'the step wants', number\ndown\np 'it found', found\nq\n")
    outcome.has("('the step wants', 20)", "('it found', 17)")


def test_the_hooks_of_pytest_bdd_are_called_with_the_definition_at_hand(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write(
        "conftest.py",
        """
pytest_plugins = ["support.gherkin.plugin"]
from support.gherkin import definition_of

def pytest_bdd_before_scenario(scenario):
    print("TOLD before", scenario.name)

def pytest_bdd_before_step(step):
    print("TOLD step", step.keyword, step.name, definition_of(step).phrase)

def pytest_bdd_before_step_call(step_func_args):
    print("TOLD call", step_func_args)

def pytest_bdd_after_step(request, step):
    print("TOLD passed", request.node.running.assertions)

def pytest_bdd_step_error(exception):
    print("TOLD failed", exception)

def pytest_bdd_after_scenario(scenario):
    print("TOLD after", scenario.name)
""",
    )
    project.steps("""
@then("{count} holds")
def holds(number):
    assert number
    assert [number] == [3], "no"
""")
    project.feature("  Scenario: Told\n    Then 3 holds\n    And 4 holds\n")
    told = [line[5:] for line in project.run("-q", "-s").text.splitlines() if line.startswith("TOLD")]
    assert told == [
        "before Told",
        "step Then 3 holds {count} holds",
        "call {'number': 3}",
        "passed 2",
        "step And 4 holds {count} holds",
        "call {'number': 4}",
        "failed no",
        "after Told",
    ]


def test_what_a_library_asserts_of_itself_does_not_count(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("library.py", "def used():\n    assert [1] == [1]\n")
    project.write(
        "conftest.py",
        'import pytest\npytest_plugins = ["support.gherkin.plugin"]\npytest.register_assert_rewrite("library")\n\n'
        'def pytest_bdd_after_step(request):\n    print("COUNT", request.node.running.assertions)\n\n'
        'def pytest_assertion_pass(expl):\n    print("EXPLAINED", expl)\n',
    )
    project.steps('@then("it holds")\ndef holds():\n    from library import used\n    used()\n    assert 2 == 2\n')
    project.feature("  Scenario: Counted\n    Then it holds\n")
    outcome = project.run("-q", "-s")
    outcome.has("COUNT 1", "EXPLAINED [1] == [1]")


def test_every_assertion_of_a_step_counts(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write(
        "conftest.py",
        'pytest_plugins = ["support.gherkin.plugin"]\n\ndef pytest_bdd_after_step(request):\n    print("COUNT", request.node.running.assertions)\n\n'
        'def pytest_assertion_pass(expl):\n    print("EXPLAINED", expl)\n',
    )
    project.steps('@then("it holds")\ndef holds():\n    assert 1 == 1\n    assert [1] == [1]\n    assert "a" in "abc"\n')
    project.feature("  Scenario: Counted\n    Then it holds\n    And it holds\n")
    outcome = project.run("-q", "-s")
    assert outcome.text.count("COUNT 3") == 2
    outcome.has("EXPLAINED 1 == 1")


def test_the_message_of_an_assertion_says_what_was_written(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("conftest.py", 'pytest_plugins = ["support.gherkin.plugin"]\n')
    project.steps('@then("it holds")\ndef holds():\n    share = 10\n    assert share == 50, f"50% should hold, but {share}% does"\n')
    project.feature("  Scenario: Told\n    Then it holds\n")
    project.run("-q").has("50% should hold, but 10% does")
