"""How far a long run is: a bar, on a terminal and in a log, with and without workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.gherkin.progress import LONG, bar
from support.tests.gherkin_project import Project

STEPS = """
@then("{count} node(s) run")
def nodes_left(number):
    assert number != 13, f"{number} nodes are unlucky"
"""


def outline(rows: int) -> str:
    return "  Scenario Outline: A fleet of <size>\n    Then <size> nodes run\n\n    Examples:\n      | size |\n" + "".join(
        f"      | {size} |\n" for size in range(rows)
    )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.steps(STEPS)
    project.feature(outline(LONG))
    return project


@pytest.mark.parametrize(("done", "shown"), [(0, "[..........]"), (1, "[..........]"), (19, "[#########.]"), (20, "[##########]")])
def test_a_bar_is_full_only_at_the_end(done: int, shown: str) -> None:
    assert bar(done, 20, 10) == shown


@pytest.mark.parametrize("workers", [(), ("-n2",)])
def test_in_a_log_lines_of_dots_end_in_a_bar(project: Project, workers: tuple[str, ...]) -> None:
    project.run(*workers).has("[############] 100%\n")


@pytest.mark.parametrize("workers", [(), ("-n2",)])
def test_on_a_terminal_one_line_tells_how_far_it_is_and_what_failed(project: Project, workers: tuple[str, ...]) -> None:
    outcome = project.run_on_a_terminal(*workers)
    outcome.has(
        f"[{'.' * 30}] 0 of {LONG}  Fleets > A fleet of ",
        f"] 10 of {LONG}",
        "\rFAILED Fleets > A fleet of 13 (features/fleet.feature:20)",
        f"[{'#' * 30}] {LONG} of {LONG}, 1 failed",
        "1 failed, 19 passed",
    )
    outcome.lacks("feature ...", "%]")


@pytest.mark.parametrize("option", ["-q", "-v"])
def test_quiet_and_verbose_are_as_usual(project: Project, option: str) -> None:
    outcome = project.run_on_a_terminal(option)
    outcome.has("[100%]")
    outcome.lacks("[#", f"of {LONG}")


def test_a_short_run_has_no_bar(project: Project) -> None:
    project.feature(outline(LONG - 1))
    outcome = project.run_on_a_terminal()
    outcome.has("features/fleet.feature .............F.....", "[100%]")
    outcome.lacks("[#", f"of {LONG}")


def test_no_bar_disturbs_the_debugger(project: Project) -> None:
    outcome = project.run_on_a_terminal("--pdb", typed="p 'seen is', number\nq\n")
    outcome.has("entering PDB", "('seen is', 13)")
    outcome.lacks("[#")
