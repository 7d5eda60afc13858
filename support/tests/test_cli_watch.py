"""`acceptance watch`: a save is answered with the affected scenarios, on a kept target, from a warm runner."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.cli.warm import WarmRunner

REPOSITORY = Path(__file__).parents[2]
LEDGER = (
    '[area.SPT]\nname = "Spot"\nepic = "spot"\n\n[REQ-SPT-001]\ntitle = "One"\nstatement = "One must be one."\nsource = "a test"\nmilestone = 1\n'
)
FEATURE = "Feature: Numbers\n\n  @REQ-SPT-001\n  Rule: One must be one\n\n    Scenario: One number is itself\n      Then one is one\n"
STEPS = (
    'from support.gherkin import then\n\n\n@then("one is one")\ndef one_is_one() -> None:\n    seen = 1\n    assert seen == 1, "one should be one"\n'
)
FILES = {"features/requirements.toml": LEDGER, "features/spot/numbers.feature": FEATURE, "steps/__init__.py": "", "steps/numbers.py": STEPS}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One feature and its steps, with a copy of our support behind them."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name in ("pyproject.toml", "conftest.py"):
        (tmp_path / name).write_bytes((REPOSITORY / name).read_bytes())
    shutil.copytree(REPOSITORY / "support", tmp_path / "support", ignore=shutil.ignore_patterns("tests", "__pycache__"))
    return tmp_path


@contextmanager
def watching(repository: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A running `acceptance watch` in that repository; ended by force if the test does not end it."""
    command = [sys.executable, "-m", "support.cli", "watch", *words]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as process:  # noqa: S603
        try:
            yield process
        finally:
            process.kill()


def until(process: subprocess.Popen[str], words: str) -> str:
    """What was printed up to the line with these words; fails where the process ends without them."""
    printed = ""
    for line in process.stdout or ():
        printed += line
        if words in line:
            return printed
    pytest.fail(f"{words!r} was never printed:\n{printed}")


def test_a_save_reruns_what_it_affects_and_ctrl_c_ends_everything(repository: Path) -> None:
    with watching(repository, "features/spot") as process:
        until(process, "1 passed")
        steps = repository / "steps/numbers.py"
        steps.write_text(STEPS.replace("seen = 1", "seen = 2"), encoding="utf-8")
        printed = until(process, "1 failed")
        assert "steps/numbers.py changed: features/spot/numbers.feature:6" in printed
        assert "one should be one" in printed
        (repository / "support/phrase_book.py").write_text("", encoding="utf-8")
        until(process, "support/phrase_book.py changed: no scenario is affected")
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0


def test_a_warm_run_gives_pytests_exit_code_and_takes_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "test_it.py"
    file.write_text("import os\n\ndef test_it():\n    assert os.environ['GIVEN'] == 'yes'\n", encoding="utf-8")
    runner = WarmRunner()
    runs = [runner.start(["-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(file)], {"GIVEN": word}) for word in ("yes", "no")]
    for run in runs:
        run.join(30)
    assert [run.exitcode for run in runs] == [0, 1]
