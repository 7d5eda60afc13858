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

from support.cli import standby
from support.cli.standby import Order
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
        undo = repository / "support/undo.py"
        undo.write_text(undo.read_text(encoding="utf-8") + "def broken(:\n", encoding="utf-8")
        printed = until(process, "1 problem,")
        assert "this is not Python" in printed
        assert "Traceback" not in printed
        (repository / "support/phrase_book.py").write_text("", encoding="utf-8")
        until(process, "support/phrase_book.py changed: no scenario is affected")
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[WarmRunner]:
    """Runs pytest in a folder of its own."""
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = .\n", encoding="utf-8")
    runner = WarmRunner(tmp_path, ["-q", "-p", "no:cacheprovider"])
    yield runner
    runner.end()


def ended(runner: WarmRunner, *selection: str, **environment: str) -> int:
    """The exit code of a run."""
    runner.start(Order(selection, environment))
    return runner.wait()


def test_a_warm_run_gives_pytests_exit_code_and_takes_the_environment(runner: WarmRunner, tmp_path: Path) -> None:
    file = tmp_path / "test_it.py"
    file.write_text("import os\n\ndef test_it():\n    assert os.environ['GIVEN'] == 'yes'\n", encoding="utf-8")
    assert [ended(runner, str(file), GIVEN=word) for word in ("yes", "no", "yes")] == [0, 1, 0]
    assert ended(runner, str(file)) == 1, "what one run was given is not there for the next"


def test_what_was_read_ahead_is_read_again_when_it_has_changed(runner: WarmRunner, tmp_path: Path) -> None:
    file = tmp_path / "test_it.py"
    file.write_text("def test_it(answer):\n    assert answer == 1\n", encoding="utf-8")
    plugin = tmp_path / "conftest.py"
    codes = []
    for answer in ("1", "2", "1", "(", "1"):  # of the same size, within a second
        plugin.write_text(f"import pytest\n\n@pytest.fixture\ndef answer():\n    return {answer}\n", encoding="utf-8")
        runner.changed(["conftest.py"])
        codes.append(ended(runner, str(file)))
    assert codes[:3] == [0, 1, 0]
    assert codes[4] == 0, "what cannot be read is forgotten when it can"


def test_what_was_not_read_ahead_leaves_the_process_that_stands_by(runner: WarmRunner, tmp_path: Path) -> None:
    file = tmp_path / "test_it.py"
    file.write_text("def test_it(): pass\n", encoding="utf-8")
    assert ended(runner, str(file)) == 0
    standing_by = runner.prepare()
    file.write_text("def test_it(): int(None)\n", encoding="utf-8")
    runner.changed(["test_it.py"])
    assert runner.prepare() is standing_by
    assert ended(runner, str(file)) == 1


WAITING = """
import os
import signal

def test_it():
    with open("told", "w") as told:
        told.write(str(os.getpid()))
    signal.pause()
"""
ENDING = "def pytest_sessionfinish(exitstatus):\n    with open('ended', 'w') as told:\n        told.write(str(int(exitstatus)))\n"
DEAF = WAITING.replace("    signal.pause()", "    try:\n        signal.pause()\n    except KeyboardInterrupt:\n        signal.pause()")


@pytest.mark.parametrize("test", [WAITING, DEAF])
def test_a_run_is_interrupted_and_nothing_of_it_is_left(runner: WarmRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, test: str) -> None:
    monkeypatch.setattr(standby, "END_SECONDS", (1.0, 30.0))
    (tmp_path / "test_it.py").write_text(test, encoding="utf-8")
    (tmp_path / "conftest.py").write_text(ENDING, encoding="utf-8")
    os.mkfifo(tmp_path / "told")
    runner.start(Order(("test_it.py",)))
    pid = int((tmp_path / "told").read_text(encoding="utf-8"))
    assert runner.interrupt()
    assert not runner.interrupt(), "there is none any more"
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert (tmp_path / "ended").read_text(encoding="utf-8") == "2", "it should have ended by itself"
