"""Scenarios are collected, selected and carried out as written."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from support.gherkin.collection import item_name
from support.gherkin.document import Document, read
from support.gherkin.lines import WantedLines
from support.tests.gherkin_project import Project

STEPS = """
@given("{count} node(s)")
def nodes_present(fleet, number):
    fleet.extend(range(number))

@when("{count} node(s) stop")
async def nodes_stopped(fleet, number):
    await asyncio.sleep(0)
    del fleet[:number]

@then("{count} node(s) run", verifies="REQ-SPT-001")
async def nodes_left(fleet, number):
    assert len(fleet) == number, f"expected {number} nodes, saw {len(fleet)}"
"""

CONFTEST = """
import pytest
pytest_plugins = ["support.gherkin.plugin"]

@pytest.fixture
async def fleet():
    return []
"""

FEATURE = """
  Prose about fleets.

  Background:
    Given 20 nodes

  Scenario: Nothing stops
    Then 20 nodes run

  @REQ-SPT-001
  Rule: Nodes must stop

    Background:
      Given 2 nodes

    @smoke
    Scenario: Some stop
      When 3 nodes stop
      Then 19 nodes run

    Scenario Outline: <some> stop
      When <some> nodes stop
      Then <rest> nodes run

      Examples: few
        | some | rest |
        | 1    | 21   |
        | 2    | 20   |

      Examples: many
        | some | rest |
        | 22   | 0    |
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.steps(STEPS)
    project.write("conftest.py", CONFTEST)
    project.feature(FEATURE)
    return project


def names(text: str) -> list[str]:
    """The titles that `--collect-only -q` lists."""
    return [line.partition("::")[2] for line in text.splitlines() if "::" in line]


def test_everything_written_is_collected_and_passes(project: Project) -> None:
    outcome = project.run("-v")
    outcome.has("5 passed", "Fleets > Nothing stops PASSED", "Fleets > 22 stop[22, 0] PASSED")
    assert outcome.code == 0


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (1, 5),
        (3, 5),
        (8, ["Nothing stops"]),
        (9, ["Nothing stops"]),
        (11, 4),
        (15, 4),
        (17, ["Some stop"]),
        (20, ["Some stop"]),
        (22, 3),
        (26, ["1 stop[1, 21]", "2 stop[2, 20]"]),
        (29, ["2 stop[2, 20]"]),
        (31, ["22 stop[22, 0]"]),
    ],
)
def test_a_line_means_what_stands_on_it(project: Project, line: int, expected: int | list[str]) -> None:
    document = read(project.folder / "features/fleet.feature")
    assert isinstance(document, Document)
    wanted = WantedLines()
    wanted.take(f"features/fleet.feature:{line}", project.folder)
    lines = wanted.of(document.path)
    assert lines is not None
    found = [item_name(planned, row) for planned in document.scenarios for row in planned.instances if lines.wants(planned, row)]
    assert (found if isinstance(expected, list) else len(found)) == expected


def test_the_command_line_takes_lines(project: Project) -> None:
    assert names(project.run("--collect-only", "-q", "features/fleet.feature:29:17").text) == ["Some stop", "2 stop[2, 20]"]


def test_tags_and_words_select(project: Project) -> None:
    assert names(project.run("--collect-only", "-q", "-m", "REQ-SPT-001 and smoke").text) == ["Some stop"]
    assert names(project.run("--collect-only", "-q", "-k", "Nothing").text) == ["Nothing stops"]


def test_what_failed_last_runs_again(project: Project) -> None:
    project.feature(FEATURE.replace("| 20   |", "| 19   |"))
    assert project.run("-q").code == 1
    project.run("-q", "--lf").has("1 failed")


def test_workers_share_the_scenarios_and_keep_the_lines(project: Project) -> None:
    project.run("-n2", "-q").has("5 passed")
    project.run("-n1", "-q", "features/fleet.feature:29").has("1 passed")


def test_a_title_with_its_row_is_an_argument(project: Project) -> None:
    project.run("-q", "features/fleet.feature::22 stop[22, 0]").has("1 passed")


def test_junit_points_at_the_feature_and_its_line(project: Project) -> None:
    project.run("-q", "--junitxml=out.xml", "-o", "junit_family=xunit1")
    cases = {case.get("name"): case for case in ET.parse(project.folder / "out.xml").getroot().iter("testcase")}  # noqa: S314 - our own file
    assert (cases["Some stop"].get("file"), cases["Some stop"].get("line")) == ("features/fleet.feature", "17")


def test_tables_and_doc_strings_reach_the_step_with_the_row_in_them(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.steps("""
@then("the table and the text are")
def told(request, datatable, docstring=None):
    assert datatable == [["a", "7"], ["b", "2"]]

@then("the text is")
def text(docstring):
    assert docstring == "seven\\n  7"
""")
    project.feature("""
  Scenario Outline: Told <n>
    Then the table and the text are
      | a | <n> |
      | b | 2   |
    And the text is
      \"\"\"
      seven
        <n>
      \"\"\"

    Examples:
      | n |
      | 7 |
""")
    project.run("-q").has("1 passed")


def test_async_and_sync_steps_and_fixtures_share_one_loop(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write(
        "conftest.py",
        """
import asyncio, pytest
pytest_plugins = ["support.gherkin.plugin"]

@pytest.fixture(scope="session")
async def session_loop():
    yield asyncio.get_running_loop()

@pytest.fixture
async def heart(session_loop):
    beats = []
    async def beat():
        while True:
            beats.append(asyncio.get_running_loop())
            await asyncio.sleep(0)
    task = asyncio.create_task(beat())
    yield beats
    task.cancel()
""",
    )
    project.steps("""
@given("a heart")
def heart_beats(heart):
    assert heart is not None

@then("it beats on the session's loop")
async def beating(heart, session_loop):
    await asyncio.sleep(0)
    assert heart[-1] is session_loop is asyncio.get_running_loop()
""")
    project.feature("  Scenario: One loop\n    Given a heart\n    Then it beats on the session's loop\n")
    project.run("-q").has("1 passed")


def test_a_coroutine_that_nobody_awaited_fails_the_scenario(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.steps("""
async def act():
    assert False

@when("it is forgotten")
def forgotten():
    act()

@when("it is handed back")
def handed_back():
    return act()
""")
    project.feature("  Scenario: Forgotten\n    When it is forgotten\n  Scenario: Handed back\n    When it is handed back\n")
    outcome = project.run("-q")
    outcome.has("2 failed", "never awaited", "handed_back gave back something that nobody awaited")


def test_module_scoped_fixtures_live_as_long_as_the_feature(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write(
        "conftest.py",
        'import pytest\npytest_plugins = ["support.gherkin.plugin"]\n\n@pytest.fixture(scope="module")\ndef shared():\n    return []\n',
    )
    project.steps('@then("{count} came before")\ndef before(shared, number):\n    assert len(shared) == number\n    shared.append(1)\n')
    body = "  Scenario: First\n    Then no came before\n  Scenario: Second\n    Then one came before\n"
    project.feature(body, "one")
    project.feature(body, "two")
    project.run("-q").has("4 passed")


def test_drafts_and_known_issues_must_fail_and_needs_skip(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write(
        "conftest.py",
        'pytest_plugins = ["support.gherkin.plugin"]\n\ndef pytest_gherkin_capabilities(config):\n    return {"records"}\n',
    )
    project.steps('@then("it holds")\ndef holds():\n    assert True\n\n@then("it breaks")\ndef breaks():\n    assert False, "broken"\n')
    project.feature("""
  @draft
  Scenario: Unfinished
    Then it breaks

  @draft
  Scenario: Finished
    Then it holds

  @known_issue_OPT_12_until_2999_12_31
  Scenario: Known
    Then it breaks

  @needs_records @needs_traffic
  Scenario: Not here
    Then it breaks

  @needs_records
  Scenario: Here
    Then it holds
""")
    outcome = project.run("-rsx")
    outcome.has("1 failed, 1 passed, 1 skipped, 2 xfailed", "the target does not declare traffic", "known issue OPT_12, until 2999-12-31")


def test_python_tests_and_features_do_not_disturb_one_another(project: Project) -> None:
    project.write("tests/test_it.py", "def test_it():\n    assert True\n")
    project.write("steps/broken.py", "import nothing_there\n")
    project.run("-q", "tests").has("1 passed")
