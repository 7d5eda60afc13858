"""Workers on other hosts: pytest-xdist's socket gateways, here two on loopback, each with a checkout of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.evidence.records import read_evidence
from support.tests.evidence_project import project_in
from support.tests.gherkin_project import ROOT

READY = "Accept loop"
SCENARIO = "  Scenario: Fleet {0}\n    Given 20 nodes\n    When {0} nodes stop\n    Then {1} nodes run\n    And the host is noted\n"

NOTING = """
from pathlib import Path
from support.evidence.attachments import attach

@then("the host is noted")
def host_noted():
    attach("host", Path.cwd().name)
    assert Path.cwd().name.startswith("host")
"""


def server(folder: Path, port: int) -> subprocess.Popen[str]:
    """The gateway of one host: started once on it, in the folder of the checkout."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-u", "-m", "execnet.script.socketserver", f"127.0.0.1:{port}"]
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[list[str]]:
    """Where two hosts answer, each beside a copy of the project."""
    project = project_in(tmp_path / "controller")
    project.steps(NOTING, "hosts")
    scenarios = "".join(SCENARIO.format(number, 20 - number) for number in range(1, 9))
    project.feature(f"Feature: Many\n\n  @REQ-SPT-001\n  Rule: Nodes must stop\n{scenarios}", "spot_migration/many")
    started = []
    addresses = []
    for name in ("host-a", "host-b"):
        folder = tmp_path / name
        shutil.copytree(project.folder, folder)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        process = server(folder, port)
        started.append(process)
        assert process.stdout is not None
        assert any(READY in line for line in process.stdout), f"{name} ended: {process.poll()}"
        addresses.append(f"127.0.0.1:{port}")
    yield addresses
    for process in started:
        process.kill()
        process.communicate()


def test_two_hosts_carry_out_one_run_and_leave_one_set_of_reports(hosts: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "controller"
    gateways = [option for address in hosts for option in ("--tx", f"socket={address}//chdir=.")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    command = [sys.executable, "-m", "pytest", "-q", "--dist", "load", *gateways]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    evidence = read_evidence(folder / ".acceptance/evidence.jsonl")
    assert len(evidence.scenarios) == 11
    assert {scenario.worker for scenario in evidence.scenarios} == {"gw0", "gw1"}
    noted = {attachment.text for scenario in evidence.scenarios for step in scenario.steps for attachment in step.attachments}
    assert noted == {"host-a", "host-b"}
    results = list((folder / "allure-results").glob("*-result.json"))
    assert len(results) == len(evidence.scenarios)
    assert not any((tmp_path / host / "allure-results").exists() for host in noted)
