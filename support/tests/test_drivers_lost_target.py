"""A target that dies ends the run with its log and exit code 2; a bad option never reaches the first scenario."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.tests.gherkin_project import LEDGER, ROOT

WORLD = """
import json, sys
print(json.dumps({name: "http://127.0.0.1:9" for name in ("aws", "control", "network", "llm", "clock")}), flush=True)
sys.stdin.read()
"""
FEATURE = """Feature: Health
  Scenario: The platform is well
    Then the platform is well
"""
STEPS = """
from support.drivers.api.platform import Platform
from support.gherkin import then

@then("the platform is well")
async def well(platform: Platform) -> None:
    assert await platform.health.now()
"""
CONFTEST = 'pytest_plugins = ["support.gherkin.plugin", "support.evidence.plugin", "support.targeting"]\n'
SETTINGS = "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = session\nasyncio_default_test_loop_scope = session\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {
        "features/health.feature": FEATURE,
        "features/requirements.toml": LEDGER,
        "steps/health.py": STEPS,
        "steps/__init__.py": "",
        "conftest.py": CONFTEST,
        "pytest.ini": SETTINGS,
        "a_world.py": WORLD,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(project: Path, *options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(project), str(ROOT)])}
    ended = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    return ended.returncode, ended.stdout + ended.stderr


def target(project: Path, platform: str) -> str:
    (project / "a_platform.py").write_text(platform, encoding="utf-8")
    path = project / "broken.toml"
    path.write_text('[target]\nkind = "embedded"\n[embedded]\nworld_module = "a_world"\nplatform_module = "a_platform"\n', encoding="utf-8")
    return str(path)


def test_a_platform_that_dies_at_its_start_ends_the_run_with_its_log(project: Path) -> None:
    code, told = run(project, "--target", target(project, 'import sys; sys.exit("port 8080 is in use; choose another with --port")'), "features")
    assert code == 2
    assert "the target is lost" in told
    assert "port 8080 is in use; choose another with --port" in told


def test_a_platform_that_dies_on_a_request_ends_the_run_with_its_log(project: Path) -> None:
    dying = """
import http.server, json, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print("the disk is full", file=sys.stderr, flush=True)
        os._exit(3)
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[2])), Handler)
print(json.dumps({"url": f"http://127.0.0.1:{server.server_address[1]}"}), flush=True)
server.serve_forever()
"""
    code, told = run(project, "--target", target(project, dying), "features")
    assert code == 2
    assert "the target is lost" in told
    assert "the disk is full" in told


def test_a_bad_target_is_one_message_without_a_traceback(project: Path) -> None:
    code, told = run(project, "--target", "stagging", "features")
    assert code == 2
    assert "there is no target 'stagging'; use one of: embedded" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--database-url=mysql://nowhere", "this is not the address of a PostgreSQL server"),
        ("--database-url=nothing", "this is not the address of a PostgreSQL server"),
        ("--database-url=postgresql://somebody:hidden@127.0.0.1:1/x", "cannot make a database there"),
        ("--orders=0", "0 orders show nothing"),
        ("--replay-order=first", "'first' names no order"),
    ],
)
def test_a_wrong_option_is_one_message_and_nothing_is_executed(project: Path, option: str, message: str) -> None:
    code, told = run(project, option, "features")
    assert code == 2
    assert told.count(message) == 1
    assert told.rstrip().endswith("1 problem")
    assert "Traceback" not in told
    assert "hidden" not in told
