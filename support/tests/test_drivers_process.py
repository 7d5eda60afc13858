"""A server that dies, hangs or mumbles is told with its log; nothing outlives whoever started it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.drivers.lost import TargetLost
from support.drivers.process import ServerProcess

READY = 'import json, sys; print(json.dumps({"url": "http://here"}), flush=True); sys.stdin.read()'


def server(tmp_path: Path, code: str) -> ServerProcess:
    (tmp_path / "a_server.py").write_text(code, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    return ServerProcess("the server", ["a_server"], environment, tmp_path / "server.log")


def test_announces_where_it_answers(tmp_path: Path) -> None:
    process = server(tmp_path, READY)
    assert process.ready(10) == {"url": "http://here"}
    assert process.running
    process.end()
    assert not process.running


def test_a_death_before_readiness_is_told_with_the_log(tmp_path: Path) -> None:
    process = server(tmp_path, 'import sys; sys.exit("port 80 is in use; choose another")')
    with pytest.raises(TargetLost, match="the server ended before it was ready; its process ended with exit code 1") as lost:
        process.ready(10)
    assert "port 80 is in use; choose another" in lost.value.log
    process.end()


def test_a_server_that_hangs_is_told(tmp_path: Path) -> None:
    process = server(tmp_path, "import sys; sys.stdin.read()")
    with pytest.raises(TargetLost, match=r"did not become ready within 0\.2 seconds; its process is still running"):
        process.ready(0.2)
    process.end()


def test_a_killed_server_is_gone_at_once(tmp_path: Path) -> None:
    process = server(tmp_path, READY)
    process.ready(10)
    process.kill()
    assert not process.running


def test_a_server_ends_when_its_parent_lets_go_of_it(tmp_path: Path) -> None:
    process = server(tmp_path, READY)
    process.ready(10)
    assert process._process.stdin is not None
    process._process.stdin.close()
    assert process._process.wait(5) == 0
    process.end()
