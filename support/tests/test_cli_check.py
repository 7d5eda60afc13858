"""`acceptance check` as an author meets it."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from support.cli import application
from support.tests.small_repository import FEATURE, small_repository

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(small_repository(tmp_path))
    return tmp_path


def acceptance(*words: str) -> Result:
    return CliRunner().invoke(application(), list(words))


def run(script: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A process of its own, in this repository."""
    command = [sys.executable, "-c", script, *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)  # noqa: S603


def broken(repository: Path) -> Path:
    path = repository / FEATURE
    path.write_text(path.read_text(encoding="utf-8").replace("When quality falls", "When I poll whether quality falls"), encoding="utf-8")
    return path


def test_a_repository_that_keeps_every_rule_is_told_so(repository: Path) -> None:
    result = acceptance("check")
    assert (result.exit_code, result.output) == (0, "every rule is kept\n"), repository


def test_each_finding_says_place_code_fault_and_remedy(repository: Path) -> None:
    broken(repository)
    result = acceptance("check", "--code", "F06")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f'{FEATURE}:10: F06 "I" is the first person; say it in the business\'s words, in the third person and the present tense',
        f'{FEATURE}:10: F06 "poll" is a wait; say it in the business\'s words, in the third person and the present tense',
        "2 problems",
    ]


def test_json_gives_every_finding_to_a_tool(repository: Path) -> None:
    broken(repository)
    found = json.loads(acceptance("check", "--format", "json").output)
    assert {(one["path"], one["line"], one["code"]) for one in found} == {
        (str(FEATURE), 10, "F06"),
        (str(FEATURE), 10, "S03"),
        ("steps/fleets.py", 11, "S03"),
    }


def test_github_annotates_the_line(repository: Path) -> None:
    broken(repository)
    lines = acceptance("check", "--format", "github").output.splitlines()
    assert any(line.startswith(f"::error file={FEATURE},line=10,title=F06::") for line in lines)


def test_only_what_lies_below_a_path_is_shown(repository: Path) -> None:
    broken(repository)
    assert "features/" not in acceptance("check", "steps").output
    assert acceptance("check", "features").output.count(str(FEATURE)) == 3


def test_a_ledger_that_is_no_toml_is_one_finding_and_no_traceback(repository: Path) -> None:
    (repository / "features/requirements.toml").write_text("[REQ-SPT-001\ntitle = 1\n", encoding="utf-8")
    result = acceptance("check")
    assert result.exit_code == 1
    assert result.output.startswith("features/requirements.toml:1: L01 this is not TOML")
    assert result.output.splitlines()[1:] == ["1 problem"]


def test_an_explanation_shows_reason_and_both_examples() -> None:
    output = acceptance("check", "--explain", "F05").output
    assert "one When" in output
    assert "breaks it" in output
    assert "keeps it" in output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("check", "--code", "F77"), "--code: F77 is no code"),
        (("check", "nowhere"), "nowhere: is nothing in this repository"),
        (("check", "--explain", "Z"), "--explain: Z is no code"),
        (("matrix", "--output", "README.md/matrix.html"), "--output: nothing can be written into README.md"),
        (("report", "--into", "README.md/results"), "--into: nothing can be written into README.md/results"),
        (("bench", "--output", "README.md/bench"), "--output: nothing can be written into README.md/bench"),
        (("serve", "--write-target", "README.md/served.toml"), "--write-target: nothing can be written into README.md"),
    ],
)
def test_a_wrong_question_ends_with_code_2_and_one_message(words: tuple[str, ...], message: str) -> None:
    ended = run("from support.cli import main; main()", *words)
    assert ended.returncode == 2
    assert ended.stderr.startswith(message)
    assert "Traceback" not in ended.stderr


def test_outside_a_repository_the_message_says_where_to_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "run this inside the repository" in str(acceptance("check").exception)


def processor_seconds() -> float:
    """What ended processes of this one have used; unlike the time on the wall, the same however much else the machine does."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_the_check_takes_less_than_three_seconds_and_imports_nothing_heavy() -> None:
    begun = processor_seconds()
    heavy = "('boto3', 'moto', 'fastapi', 'steps', 'dbos')"
    script = f"import sys\nfrom support.cli import main\ntry:\n    main()\nfinally:\n    print(*(m for m in {heavy} if m in sys.modules))"
    ended = run(script, "check")
    assert processor_seconds() - begun < 3.0, "it works alone on one processor: so long it takes where nothing else runs"
    assert ended.stdout.splitlines()[-1] == "", "neither vendors nor steps are imported"


def test_files_that_are_no_text_are_findings_too(repository: Path) -> None:
    (repository / FEATURE).write_bytes(b"Feature: \xff\xfe\n")
    (repository / "steps/fleets.py").write_bytes(b'NAME = "\xff"\n')
    output = acceptance("check", "--code", "F00", "--code", "S00").output
    assert f"{FEATURE}:1: F00 is not Gherkin: the file is not UTF-8" in output
    assert "steps/fleets.py:1: S00 is not Python" in output
