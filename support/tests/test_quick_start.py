"""What a run does not do before its first scenario, or not twice."""

from __future__ import annotations

import inspect
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pluggy import PluginManager

from support.tests.gherkin_project import ROOT, Project


def imported_by(statements: str) -> list[str]:
    """The modules of a fresh interpreter after these statements."""
    command = f"{statements}; import sys; print(*(name for name, module in sys.modules.items() if module), sep='\\n')"
    return subprocess.run([sys.executable, "-c", command], check=True, capture_output=True, text=True, cwd=ROOT).stdout.split()  # noqa: S603


def test_pytest_bdd_writes_steps_without_the_lexers_that_mako_would_import() -> None:
    writes = "from pytest_bdd.generation import template_lookup; template_lookup.get_template('test.py.mak')"
    assert "pygments.lexers.web" in imported_by(writes)
    assert "pygments.lexers.web" not in imported_by(f"import support.quick_start; {writes}")


def test_pytest_bdd_is_imported_without_mako() -> None:
    assert "mako.lexer" in imported_by("import pytest_bdd.plugin")
    assert "mako.lexer" not in imported_by("import support.quick_start, pytest_bdd.plugin")


def test_a_run_that_reads_no_records_and_kills_nobody_loads_no_sqlalchemy() -> None:
    assert "sqlalchemy" not in imported_by("import support.fixtures, steps.outages")


PACKAGES = """
import importlib.metadata as packages
import sys

def told():
    return sorted((each.name, each.version, sorted(map(str, each.entry_points))) for each in packages.distributions())

before = told()
import support.quick_start
first, again = list(packages.distributions()), list(packages.distributions())
assert told() == before
assert all(one is other for one, other in zip(first, again, strict=True))
assert [each.name for each in packages.distributions(name="pytest-bdd")] == ["pytest-bdd"]
sys.path.insert(0, sys.argv[1])
assert "another-plugin" in {each.name for each in packages.distributions()}
print("AGREED")
"""


def test_installed_packages_are_asked_once_for_one_path(tmp_path: Path) -> None:
    described = tmp_path / "another_plugin-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: another-plugin\nVersion: 1.0\n")
    ran = subprocess.run([sys.executable, "-c", PACKAGES, str(tmp_path)], check=False, capture_output=True, text=True, cwd=ROOT)  # noqa: S603
    assert ran.stdout.strip() == "AGREED", ran.stderr
    assert "importlib.metadata.distributions()" in inspect.getsource(PluginManager.load_setuptools_entrypoints)


def test_garbage_is_collected_from_the_first_scenario_on(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("conftest.py", "import gc\ndef pytest_collection_finish():\n    print('COLLECTED', gc.isenabled())\n")
    project.write("test_garbage.py", "import gc\ndef test_it():\n    assert gc.isenabled()\n    assert gc.get_freeze_count() > 10_000\n")
    ran = project.run("-s", "-q", "-p", "support.quick_start", "test_garbage.py")
    assert "COLLECTED False" in ran.text
    assert "1 passed" in ran.text


CTRL_C = "import os, signal\n\ndef {name}():\n    os.kill(os.getpid(), signal.SIGINT)\n"


@pytest.mark.parametrize(("place", "code"), [("pytest_configure", -signal.SIGINT), ("pytest_sessionstart", 2), ("pytest_collection", 2)])
def test_ctrl_c_ends_a_run_without_a_traceback(tmp_path: Path, place: str, code: int) -> None:
    (tmp_path / "conftest.py").write_text(CTRL_C.format(name=place), encoding="utf-8")
    ran = run_anew(tmp_path)
    assert ran.returncode == code
    assert "Traceback" not in ran.stdout + ran.stderr
    assert ("KeyboardInterrupt" in ran.stdout) is (code == 2)


def run_anew(folder: Path) -> subprocess.CompletedProcess[str]:
    """pytest in a new interpreter that hears of Ctrl-C, as one in a terminal does."""
    hearing = "import signal, sys, pytest; signal.signal(signal.SIGINT, signal.default_int_handler)"
    begin = f"{hearing}; sys.exit(pytest.main(['-p', 'support.quick_start']))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", begin], check=False, capture_output=True, text=True, cwd=folder, env=environment)  # noqa: S603


PARSING = """
from support.gherkin.parser import QuickParser

original = QuickParser.document

def document(self, text):
    print("PARSED")
    return original(self, text)

QuickParser.document = document
"""


def test_a_feature_is_parsed_once_for_as_long_as_it_stays_as_it_is(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("conftest.py", 'pytest_plugins = ["support.gherkin.plugin"]\n' + PARSING)
    project.steps('@given("a fleet")\ndef fleet_present():\n    pass\n')
    project.feature("  Scenario: One\n    Given a fleet\n")

    def parsed(*options: str) -> int:
        ran = project.run("-s", *options)
        assert "1 passed" in ran.text, ran.text
        return ran.text.count("PARSED")

    assert [parsed(), parsed()] == [1, 0]
    project.feature("  Scenario: Two\n    Given a fleet\n")
    assert [parsed(), parsed()] == [1, 0]
    (kept,) = (tmp_path / ".pytest_cache/d/gherkin").iterdir()
    for damage in (kept.read_bytes()[:-9], kept.read_bytes()[:32] + b"?", b""):
        kept.write_bytes(damage)
        assert [parsed(), parsed()] == [1, 0]
    assert parsed("-p", "no:cacheprovider") == 1
