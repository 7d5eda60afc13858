"""Processors shared out: evenly or not at all, to workers of this host, and to what they start."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.drivers.forking import Forker
from support.drivers.process import ServerProcess
from support.processors import share_of
from support.tests.gherkin_project import ROOT, Project

PLACING = """
import os
from support.processors import keep_to, ours_of, place

def pytest_configure_node(node):
    place(node, node.config)

def pytest_collection_finish(session):
    if hasattr(session.config, "workerinput"):
        keep_to(ours_of(session.config))
        os.write(2, f"RUNS ON {sorted(os.sched_getaffinity(0))}\\n".encode())
"""
SCENARIO = """  Scenario: One
    Given a fleet
"""
TOLD = "import json, os, sys; print(json.dumps({'mine': str(sorted(os.sched_getaffinity(0)))})); sys.stdout.flush(); sys.stdin.read()"


@pytest.mark.parametrize(
    ("count", "processors", "shares"),
    [
        (1, [0, 1], [[0, 1]]),
        (2, [0, 1], [[0], [1]]),
        (2, [2, 3, 6, 7], [[2, 3], [6, 7]]),
        (2, [0, 1, 2], [[0, 1, 2], [0, 1, 2]]),
        (3, [0, 1], [[0, 1], [0, 1], [0, 1]]),
    ],
)
def test_each_worker_has_as_many_as_any_other(count: int, processors: list[int], shares: list[list[int]]) -> None:
    assert [share_of(number, count, processors) for number in range(count)] == shares


def test_each_worker_of_a_run_keeps_to_its_share(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("conftest.py", 'pytest_plugins = ["support.gherkin.plugin"]\n' + PLACING)
    project.steps('@given("a fleet")\ndef fleet_present():\n    pass\n')
    project.feature(SCENARIO)
    ran = project.run("-n", "2")
    processors = sorted(os.sched_getaffinity(0))
    ran.has("1 passed", *(f"RUNS ON {share_of(number, 2, processors)}" for number in (0, 1)))


def test_a_server_runs_where_it_is_told_to(tmp_path: Path) -> None:
    (tmp_path / "a_server.py").write_text(TOLD, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])}
    everywhere = sorted(os.sched_getaffinity(0))
    for named, expected in ((everywhere[-1:], everywhere[-1:]), ([], everywhere)):
        forker = Forker((), environment, tmp_path, named)
        server = ServerProcess("the server", ["a_server"], environment, tmp_path / "server.log", forker)
        assert server.ready(10) == {"mine": str(expected)}
        server.end()
        forker.end()
