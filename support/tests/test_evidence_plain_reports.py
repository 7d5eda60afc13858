"""What pytest itself tells of a failure carries no secret, no path and no name of the machine: in the terminal and in JUnit XML."""

from __future__ import annotations

import platform
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from support.evidence.plain_reports import forget_the_host
from support.tests.evidence_project import project_in, redden

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2lnbmVk"
NOISY = """
@when("the cloud leaks")
def cloud_leaks():
    print("password=hunter2hunter2 below " + __file__)
    password = "correct-horse-battery"
    raise ConnectionError("token: " + "eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2lnbmVk" + " in " + __file__)
"""
LEAK = """
  Prose about leaks.

  @REQ-SPT-002
  Scenario: Leaking cloud
    Given 20 nodes
    When the cloud leaks
    Then 20 nodes run
"""


@pytest.mark.parametrize("options", [(), ("-n", "2"), ("--tb=long",), ("--tb=native", "-rA")], ids=["alone", "workers", "long", "native"])
def test_a_failure_tells_no_secret_and_no_path(tmp_path: Path, options: tuple[str, ...]) -> None:
    project = project_in(tmp_path)
    redden(project)
    project.steps(NOISY, "leaks")
    project.feature(LEAK, "rollback/leak")
    outcome = project.run("--junitxml=out.xml", "-o", "junit_logging=all", *options)
    junit = (tmp_path / "out.xml").read_text(encoding="utf-8")
    failures = outcome.text[outcome.text.index("= FAILURES =") : outcome.text.index("= requirements =")]
    assert "Leaking cloud" in failures
    assert "Leaking cloud" in junit
    for secret in (TOKEN, "hunter2hunter2", "correct-horse-battery", str(tmp_path)):
        assert secret not in failures
        assert secret not in junit


def test_junit_names_no_machine(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    project.run("-q", "--junitxml=out.xml")
    suites = list(ET.parse(tmp_path / "out.xml").getroot().iter("testsuite"))  # noqa: S314 - our own file
    assert [suite.get("tests") for suite in suites] == ["3"]
    assert [suite.get("hostname") for suite in suites] == [None]
    assert platform.node() not in (tmp_path / "out.xml").read_text(encoding="utf-8")


def test_only_the_suite_loses_its_host(tmp_path: Path) -> None:
    junit = tmp_path / "out.xml"
    junit.write_text('<testsuite name="a" hostname="build-7" tests="1"><testcase name=\'the hostname="x"\' /></testsuite>', encoding="utf-8")
    forget_the_host(junit)
    assert junit.read_text(encoding="utf-8") == '<testsuite name="a" tests="1"><testcase name=\'the hostname="x"\' /></testsuite>'
