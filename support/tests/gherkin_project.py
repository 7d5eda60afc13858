"""A small project of features and steps in a folder of its own, run by a pytest of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.cli.warm import LIBRARIES

ROOT = Path(__file__).parents[2]

CONFTEST = 'pytest_plugins = ["support.gherkin.plugin"]\n'

SETTINGS = """\
[pytest]
addopts = --strict-config --import-mode=importlib -p pytest_asyncio.plugin -p pytest_bdd.plugin -p xdist.plugin
testpaths = features
asyncio_mode = auto
asyncio_default_fixture_loop_scope = session
asyncio_default_test_loop_scope = session
enable_assertion_pass_hook = true
filterwarnings =
  error::RuntimeWarning
  error::pytest.PytestUnraisableExceptionWarning
"""

LEDGER = """\
[area.SPT]
name = "Spot migration"
epic = "spot_migration"

[REQ-SPT-001]
title = "One"
statement = "One must be."
source = "test"
milestone = 1

[REQ-SPT-002]
title = "Two"
statement = "Two must be."
source = "test"
milestone = 1
"""


@dataclass(frozen=True)
class Outcome:
    """What a run printed, and its exit code."""

    code: int
    text: str

    def has(self, *expected: str) -> None:
        """Every text stands in the output, in any order."""
        missing = [each for each in expected if each not in self.text]
        assert not missing, f"missing {missing} in:\n{self.text}"

    def lacks(self, *unexpected: str) -> None:
        """None of the texts stands in the output."""
        present = [each for each in unexpected if each in self.text]
        assert not present, f"not expected {present} in:\n{self.text}"


class Project:
    """Features and steps of one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in {
            "conftest.py": CONFTEST,
            "pytest.ini": SETTINGS,
            "steps/__init__.py": "",
            "features/requirements.toml": LEDGER,
        }.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> Path:
        """Writes a file below the project's folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def steps(self, body: str, module: str = "fleets") -> None:
        """Writes a step module; `given`, `when`, `then`, `asyncio` and `pytest` are imported already (line 1 to 3)."""
        self.write(f"steps/{module}.py", f"import asyncio\nimport pytest\nfrom support.gherkin import given, then, when\n{body}")

    def feature(self, body: str, name: str = "fleet") -> None:
        """Writes a feature; its first line is `Feature: Fleets`."""
        self.write(f"features/{name}.feature", f"Feature: Fleets\n{body}")

    def run(self, *arguments: str, stdin: str = "") -> Outcome:
        """Runs pytest on the project."""
        printed = self.folder / ".printed"
        process = _WARM.Process(target=_become_pytest, args=(self.folder, arguments, _environment(), stdin))
        process.start()
        process.join(60)
        if process.exitcode is None:
            process.kill()
            pytest.fail(f"pytest did not end within 60 s and printed:\n{printed.read_text(encoding='utf-8')}")
        return Outcome(process.exitcode, printed.read_text(encoding="utf-8"))

    def run_on_a_terminal(self, *arguments: str, typed: str = "") -> Outcome:
        """Runs pytest as somebody does who sits before it."""
        ours, theirs = os.openpty()
        os.write(ours, typed.encode())
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", *arguments]
        environment = {**_environment(), "TERM": "xterm"}
        printed = b""
        with subprocess.Popen(command, cwd=self.folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:  # noqa: S603
            os.close(theirs)
            with contextlib.suppress(OSError):  # the terminal is gone when pytest has ended
                while more := os.read(ours, 65_536):
                    printed += more
        os.close(ours)
        return Outcome(process.returncode, printed.decode("utf-8"))


_ENVIRONMENT = {
    "PYTHONPATH": str(ROOT),
    "PYTEST_ADDOPTS": "",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "COLUMNS": "140",
}


def _environment() -> dict[str, str]:
    """That of this process, but not as a worker of its pytest."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")} | _ENVIRONMENT


_WARM = multiprocessing.get_context("forkserver")
_WARM.set_forkserver_preload(LIBRARIES)


def _become_pytest(folder: Path, arguments: tuple[str, ...], environment: dict[str, str], stdin: str) -> None:
    """What `python -m pytest` does in that folder, in a process in which the libraries are imported already."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    (folder / ".typed").write_text(stdin, encoding="utf-8")
    for number, name, flags in ((0, ".typed", os.O_RDONLY), (1, ".printed", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)):
        os.dup2(os.open(folder / name, flags, 0o600), number)
    os.dup2(1, 2)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as an interpreter opens it for itself
    sys.path[:0] = [str(folder), str(ROOT)]
    sys.dont_write_bytecode = True
    sys.argv = ["pytest", *arguments]
    sys.exit(pytest.main(["-W", "ignore::pytest.PytestAssertRewriteWarning", *arguments]))
