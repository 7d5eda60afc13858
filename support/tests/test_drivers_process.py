"""A server that dies, hangs or mumbles is told with its log; nothing outlives whoever started it."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.drivers.forking import LOST, Forker
from support.drivers.lost import TargetLost
from support.drivers.process import ServerProcess

ROOT = Path(__file__).parents[2]
READY = 'import json, sys; print(json.dumps({"url": "http://here"}), flush=True); sys.stdin.read()'
PARENT = 'import json, os, sys; print(json.dumps({"parent": os.getppid()}), flush=True); sys.stdin.read()'

Start = Callable[[str], ServerProcess]


@pytest.fixture(params=["a new interpreter", "a fork"])
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Start]:
    """Starts a server with that code: by an interpreter of its own, or by a process that has imported a library."""
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    forker = (
        Forker(("http.client",), {**environment, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])}, tmp_path)
        if request.param == "a fork"
        else None
    )

    def start(code: str) -> ServerProcess:
        (tmp_path / "a_server.py").write_text(code, encoding="utf-8")
        return ServerProcess("the server", ["a_server"], environment, tmp_path / "server.log", forker)

    yield start
    if forker is not None:
        forker.end()


def test_announces_where_it_answers(server: Start) -> None:
    process = server(READY)
    assert process.ready(10) == {"url": "http://here"}
    assert process.running
    process.end()
    assert not process.running


def test_a_death_before_readiness_is_told_with_the_log(server: Start) -> None:
    process = server('import sys; sys.exit("port 80 is in use; choose another")')
    with pytest.raises(TargetLost, match="the server ended before it was ready; its process ended with exit code 1") as lost:
        process.ready(10)
    assert "port 80 is in use; choose another" in lost.value.log
    process.end()


def test_a_server_that_hangs_is_told(server: Start) -> None:
    process = server("import sys; sys.stdin.read()")
    with pytest.raises(TargetLost, match=r"did not become ready within 0\.2 seconds; its process is still running"):
        process.ready(0.2)
    process.end()


def test_a_killed_server_is_gone_at_once(server: Start) -> None:
    process = server(READY)
    process.ready(10)
    process.kill()
    assert not process.running


def test_a_server_ends_when_its_parent_lets_go_of_it(server: Start) -> None:
    process = server(READY)
    process.ready(10)
    assert process._process.stdin is not None
    process._process.stdin.close()
    assert process._process.wait(5) == 0
    process.end()


def test_a_server_has_the_libraries_and_the_environment_that_it_is_given_and_nothing_else(tmp_path: Path) -> None:
    told = (
        'import json, os, sys; print(json.dumps({"mine": os.environ["MINE"], "all": str(len(os.environ)), "has": str("http.client" in sys.modules)}))'
    )
    (tmp_path / "a_server.py").write_text(f"{told}; sys.stdout.flush(); sys.stdin.read()", encoding="utf-8")
    forker = Forker(("http.client",), {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])}, tmp_path)
    first, second = (ServerProcess("the server", ["a_server"], {"MINE": name}, tmp_path / "server.log", forker) for name in ("one", "two"))
    assert [each.ready(10) for each in (first, second)] == [{"mine": name, "all": "1", "has": "True"} for name in ("one", "two")]
    assert first.identifier != second.identifier
    first.kill()
    assert second.running
    second.end()
    forker.end()


def test_a_library_that_cannot_be_imported_is_left_to_the_server_that_needs_it(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])}
    (tmp_path / "a_server.py").write_text("import no_such_module", encoding="utf-8")
    forker = Forker(("no_such_module",), environment, tmp_path)
    process = ServerProcess("the server", ["a_server"], environment, tmp_path / "server.log", forker)
    with pytest.raises(TargetLost, match="the server ended before it was ready; its process ended with exit code 1") as lost:
        process.ready(10)
    assert "No module named 'no_such_module'" in lost.value.log
    process.end()
    forker.end()


def test_those_who_meet_share_what_is_imported_until_the_last_has_gone(tmp_path: Path) -> None:
    (tmp_path / "a_server.py").write_text(PARENT, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])}
    meeting = tmp_path / ("a-folder-whose-name-is-long" * 5)
    meeting.mkdir()
    forkers = [Forker(("http.client",), environment, meeting) for _ in range(2)]
    alone = Forker((), environment, meeting)
    parents = []
    for forker in (*forkers, alone):
        process = ServerProcess("the server", ["a_server"], environment, tmp_path / "server.log", forker)
        parents.append(int(process.ready(10)["parent"]))
        process.end()
    assert parents[0] == parents[1] != parents[2]
    forkers[0].end()
    late = ServerProcess("the server", ["a_server"], environment, tmp_path / "server.log", forkers[1])
    assert late.ready(10) == {"parent": str(parents[0])}
    late.end()
    ends = [os.pidfd_open(parent) for parent in {*parents}]
    forkers[1].end()
    alone.end()
    assert all(select.select([end], [], [], 10)[0] for end in ends)
    for end in ends:
        os.close(end)


def test_a_server_whose_starter_is_killed_is_lost(tmp_path: Path) -> None:
    (tmp_path / "a_server.py").write_text(PARENT, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])}
    forker = Forker((), environment, tmp_path)
    process = ServerProcess("the server", ["a_server"], environment, tmp_path / "server.log", forker)
    os.kill(int(process.ready(10)["parent"]), signal.SIGKILL)
    assert process._process.wait(10) == LOST
    assert not process.running
    process.end()
    after = ServerProcess("the server", ["a_server"], environment, tmp_path / "server.log", forker)
    with pytest.raises(TargetLost, match="the server ended before it was ready; its process ended with exit code 1"):
        after.ready(10)
    after.end()
    forker.end()
