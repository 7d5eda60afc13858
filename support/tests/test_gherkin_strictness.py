"""Every mistake in features and steps is told at once, with its place and remedy, and nothing is executed."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.tests.gherkin_project import Outcome, Project

STEPS = """
@given("{count} node(s)")
def nodes_present(number):
    print("EXECUTED")

@when("the {agent} agent takes {percent}")
def taken(agent, share):
    pass

@then("{count} node(s) run", verifies="REQ-SPT-001")
def nodes_left(number):
    assert number
"""

GOOD = """
  @REQ-SPT-001
  Scenario: Good
    Given 3 nodes
    When the cost agent takes 5%
    Then 3 nodes run
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.steps(STEPS)
    project.feature(GOOD)
    return project


def refused(project: Project, *arguments: str) -> Outcome:
    """The outcome of a run that must end before anything is executed."""
    outcome = project.run("-s", *arguments)
    assert outcome.code == 2, outcome.text
    outcome.lacks("EXECUTED", "Traceback", "INTERNALERROR", "passed")
    return outcome


def test_the_good_project_passes(project: Project) -> None:
    assert project.run("-q").code == 0


def test_all_mistakes_of_features_are_told_at_once(project: Project) -> None:
    project.feature(
        """
  @wip @REQ-SPT-999 @needs_clock_contrl @known_issue_1_until_2020_01_01 @known_issue_1_until_2020_02_31
  Scenario: Tags
    Given 3 nodes

  Scenario: Tags
    Given 3 nodes

  Scenario: Starts with And
    And 3 nodes

  Scenario: No steps

  Scenario Outline: No rows
    Given 3 nodes

  Scenario Outline: Rows
    Given <cuont> nodes

    @smoke
    Examples:
      | count |
      | 3     |
      | 3     |

    Examples: other columns
      | number |
      | 3      |

  Rule: A rule must have a scenario
""",
        "forms",
    )
    project.write("features/syntax.feature", "Feature: Broken\n  Scenario: One\n    Given 3 nodes\n    Whatever\n")
    project.write("features/empty.feature", "")
    (project.folder / "features/bytes.feature").write_bytes(b"Feature: \xff\xfe")
    outcome = refused(project)
    outcome.has(
        "features/forms.feature:3: F08 unknown tag @wip; use @REQ-<AREA>-<nnn>",
        "features/forms.feature:3: @REQ-SPT-999 is not a requirement of features/requirements.toml; did you mean",
        "features/forms.feature:3: F08 unknown tag @needs_clock_contrl; did you mean @needs_clock_control?",
        "features/forms.feature:3: F08 the known issue 1 was to be mended by 2020-01-01",
        "features/forms.feature:3: F08 @known_issue_1_until_2020_02_31 names no day of the calendar",
        'features/forms.feature:7: F03 the title "Tags" is taken: line 4 has it',
        "features/forms.feature:11: the first step begins with And",
        'features/forms.feature:13: the scenario "No steps" has no step',
        'features/forms.feature:15: the outline "No rows" has no example row',
        "features/forms.feature:19: F07 <cuont> is no column of the examples; did you mean <count>?",
        "features/forms.feature:21: F07 @smoke stands on Examples",
        'features/forms.feature:25: F03 "Rows[3]" stands here again: line 24 says the same',
        "features/forms.feature:27: F07 this table has other columns than the first",
        'features/forms.feature:31: the rule "A rule must have a scenario" has no scenario',
        "features/syntax.feature:4: 'Whatever' does not belong here; a step begins with Given, When, Then",
        "features/empty.feature:1: the file holds no feature",
        "features/bytes.feature: this is not UTF-8 text",
        "problems, nothing was executed",
    )


def test_undefined_steps_say_what_is_near_and_where_to_define_it(project: Project) -> None:
    project.feature(
        GOOD
        + """
  Scenario: Undefined
    Given 3 nodse
    And 2 nodes run
    When the cost agent grabs $40 of "Northwind" within 5 minutes
    And the coast agent takes 5%
    And the cost agent takes 5 %
"""
    )
    refused(project, "-n1").has(
        'features/fleet.feature:10: no phrase fits "Given 3 nodse"; the nearest: "{count} node(s)" (steps/fleets.py:5)',
        'features/fleet.feature:11: no phrase fits "Given 2 nodes run"; it is a Then (steps/fleets.py:13)',
        "features/fleet.feature:11: no phrase fits",
        '    @when("the cost agent grabs {money} of {string} within {duration}")\n'
        "    async def the_cost_agent_grabs_of_within(story: Story, platform: Platform, money: Money, string: str, duration: Duration) -> None:",
        "        raise NotImplementedError",
        '"coast" is no {agent} of "the {agent} agent takes {percent}": write one of cost, performance, resource, application',
        '"5 %" is no {percent} of "the {agent} agent takes {percent}": write for example 50%, 94.9%',
    )


def test_an_undefined_step_belongs_to_the_module_of_what_it_speaks_of(project: Project) -> None:
    for noun in ("analyses", "policies"):
        project.steps(f'@given("there are {noun}")\ndef {noun}_there():\n    pass\n', noun)
    project.feature(
        """
  Scenario: Undefined
    Given there are analyses
    And there are policies
    When every fleet grows
    Then an analysis is begun
    And a policy of the fleet forbids it
    And nodse of nobody run
"""
    )
    refused(project).has(
        'define it in steps/fleets.py:\n    @when("every fleet grows")',
        'define it in steps/analyses.py:\n    @then("an analysis is begun")',
        'define it in steps/policies.py:\n    @then("a policy of the fleet forbids it")',
        'define it in the module of steps/ that is named for the thing it is about:\n    @then("nodse of nobody run")',
    )


def test_mistakes_of_step_modules_are_told_at_once(project: Project) -> None:
    project.steps(
        STEPS
        + """
@given("{nmuber} nodes")
def unknown_type(number):
    pass

@given("an (optional (in) an optional)")
def no_expression():
    pass

@then("{count} nodes run", verifies=("REQ-SPT-001", "REQ-SPT-003"))
def ambiguous(flete, number):
    pass

@given("nobody asks")
def unused():
    pass

@given("{count} of {count}")
def too_few(one):
    pass
"""
    )
    refused(project).has(
        "steps/fleets.py:17: the phrase \"{nmuber} nodes\" cannot be read: Undefined parameter type 'nmuber'",
        'steps/fleets.py:21: the phrase "an (optional (in) an optional)" cannot be read',
        'features/fleet.feature:7: "3 nodes run" is ambiguous: it fits "{count} node(s) run" (steps/fleets.py:13)',
        "steps/fleets.py:25: the step asks for flete, which is neither a fixture nor a value of the phrase",
        "steps/fleets.py:25: the step verifies REQ-SPT-003, which the ledger does not know; did you mean",
        'steps/fleets.py:29: S03 no feature uses the phrase "nobody asks"',
        'steps/fleets.py:33: the phrase "{count} of {count}" has 2 values, too_few takes 1',
    )


def test_unused_steps_matter_only_for_the_whole_folder(project: Project) -> None:
    project.steps(STEPS + '\n@given("nobody asks")\ndef unused():\n    pass\n')
    project.feature("  Scenario: Other\n    Given 3 nodes\n", "other")
    refused(project, "features").has("no feature uses")
    assert project.run("-q", "features/fleet.feature").code == 0
    assert project.run("-q", "features/fleet.feature:4").code == 0
    refused(project, "-k", "Good").has("no feature uses")


def test_modules_that_cannot_be_loaded_are_told_without_a_traceback(project: Project) -> None:
    project.write("steps/syntax.py", "def broken(:\n    pass\n")
    project.write("steps/imports.py", "import os\nimport nothing_there\n")
    project.write("helpers/waves.py", "import os\n\nFIRST = WAVES[0]\n")
    project.write("steps/waves.py", "from helpers.waves import FIRST\n")
    refused(project).has(
        "steps/syntax.py:1: this is not Python",
        "steps/imports.py:2: this module cannot be loaded: ModuleNotFoundError: No module named 'nothing_there'",
        "helpers/waves.py:3: this module cannot be loaded: NameError: name 'WAVES' is not defined",
    )


def test_a_bad_ledger_is_told_before_anything_runs(project: Project) -> None:
    project.write("features/requirements.toml", '[area.SPT]\nname = "Spot"\nepic = "spot"\n\n[REQ-SPT-001]\ntitle = 3\n')
    refused(project).has("features/requirements.toml:5: REQ-SPT-001 has no statement", "features/requirements.toml:6: title of REQ-SPT-001 is 3")
    project.write("features/requirements.toml", "[REQ-SPT-001\n")
    refused(project).has("features/requirements.toml:1: this is not TOML")
    (project.folder / "features/requirements.toml").unlink()
    refused(project).has("features/requirements.toml: the requirements ledger does not exist")


def test_what_the_command_line_asks_for_must_exist(project: Project) -> None:
    refused(project, "features/none.feature", "features/other.feature:3").has(
        "features/none.feature: there is no such file or folder", "features/other.feature: there is no such file or folder", "2 problems"
    )
    refused(project, "-m", "smoek or (REQ-SPT-099 and not slow)").has(
        "-m: F08 unknown tag @smoek; did you mean @smoke?", "-m: @REQ-SPT-099 is not a requirement of features/requirements.toml", "2 problems"
    )
    refused(project, "features/fleet.feature:99").has("features/fleet.feature:99: the file has 7 lines")
    refused(project, "features/fleet.feature::Goood").has('features/fleet.feature: no scenario has the title "Goood"; did you mean "Good"?')
