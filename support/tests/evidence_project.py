"""A small project whose runs leave evidence: features that pass, and others that fail, each in its own way."""

from __future__ import annotations

from pathlib import Path

from support.tests.gherkin_project import SETTINGS, Project

CONFTEST = """
import pytest
pytest_plugins = ["support.gherkin.plugin", "support.evidence.plugin"]

@pytest.fixture
async def fleet():
    return []
"""

STEPS = """
from support.evidence.attachments import on_failure

@given("{int} nodes")
def nodes_present(fleet, number):
    on_failure(lambda: {"the fleet": {"nodes": len(fleet), "agent_token": "topsecretvalue"}})
    fleet.extend(range(number))

@when("{int} nodes stop")
async def nodes_stopped(fleet, number):
    await asyncio.sleep(0)
    del fleet[:number]

@then("{int} nodes run")
async def nodes_left(fleet, number):
    assert len(fleet) == number, f"expected {number} nodes, saw {len(fleet)}"

@then("nothing else changed", verifies="REQ-SPT-002")
def nothing_else_changed(fleet):
    assert fleet is not None
"""

RED_STEPS = """
@when("the cloud breaks")
def cloud_broken():
    raise ConnectionError("Bearer eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2lnbmVk at " + __file__)

@then("all is well")
def all_is_well():
    pass
"""

FEATURE = """
  Prose about fleets.

  Background:
    Given 20 nodes

  @REQ-SPT-001
  Rule: Nodes must stop

    Scenario: Some stop
      When 3 nodes stop
      Then 17 nodes run
      And nothing else changed

    Scenario Outline: Many stop
      When <some> nodes stop
      Then <left> nodes run

      Examples:
        | some | left |
        | 5    | 15   |
        | 6    | 14   |
"""

RED = """
  Prose about failures.

  @REQ-SPT-001
  Scenario: Wrong number
    Given 20 nodes
    When 3 nodes stop
    Then 16 nodes run
    And nothing else changed

  @REQ-SPT-001
  Scenario: Hollow
    Given 20 nodes
    When 3 nodes stop
    Then all is well

  @REQ-SPT-001
  Scenario: Claimed only
    Given 20 nodes
    When 3 nodes stop
    Then nothing else changed

  @REQ-SPT-002
  Scenario: Broken cloud
    Given 20 nodes
    When the cloud breaks
    Then 20 nodes run

  @draft
  Scenario: Not yet
    Given 20 nodes
    When 3 nodes stop
    Then 20 nodes run
"""


def project_in(folder: Path) -> Project:
    """The project, green."""
    made = Project(folder)
    made.write("conftest.py", CONFTEST)
    made.write("pytest.ini", SETTINGS.replace("-p xdist.plugin", "-p xdist.plugin -p allure_pytest.plugin"))
    made.steps(STEPS)
    made.feature(FEATURE, "spot_migration/green")
    return made


def redden(project: Project) -> None:
    """Adds what fails."""
    project.steps(RED_STEPS, "clouds")
    project.feature(RED, "rollback/red")
