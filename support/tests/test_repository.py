"""The repository as a newcomer and CI find it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[2]
PINS = {
    canonicalize_name(name): version
    for name, _, version in (line.partition("==") for line in (REPOSITORY / ".constraints.txt").read_text(encoding="utf-8").splitlines() if line)
}
COMMANDS = re.findall(r"^```bash\n(.+)\n```$", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.MULTILINE)


def needed(name: str, extras: frozenset[str], seen: set[tuple[str, str]]) -> Iterator[str]:
    """Every distribution that this one needs here, and those that they need."""
    for text in distribution(name).requires or ():
        requirement = Requirement(text)
        environments: list[dict[str, str]] = [{"extra": extra} for extra in ("", *extras)]
        for environment in environments:
            key = (canonicalize_name(requirement.name), ",".join(sorted(requirement.extras)))
            if key not in seen and (requirement.marker is None or requirement.marker.evaluate(environment)):
                seen.add(key)
                yield key[0]
                yield from needed(requirement.name, frozenset(requirement.extras), seen)


def test_everything_that_is_needed_is_pinned_and_installed_as_pinned() -> None:
    names = set(needed("optiinfra-acceptance", frozenset(), set()))
    assert len(names) > 50, f"only {len(names)} distributions were found"
    assert names <= PINS.keys(), f".constraints.txt does not pin {sorted(names - PINS.keys())}"
    wrong = {name: distribution(name).version for name in names if distribution(name).version != PINS[canonicalize_name(name)]}
    assert not wrong, f"installed, but not as pinned: {wrong}"


def test_nothing_is_pinned_that_nobody_needs() -> None:
    names = set(needed("optiinfra-acceptance", frozenset(), set()))
    elsewhere = set()
    for name in PINS.keys() - names:
        try:
            distribution(name)
        except PackageNotFoundError:
            elsewhere.add(name)  # needed on another system or Python only
    assert PINS.keys() - names <= elsewhere, f"nobody needs {sorted(PINS.keys() - names - elsewhere)}"


def test_the_two_commands_do_all_of_their_own_set_up() -> None:
    assert len(COMMANDS) == 2
    for command in COMMANDS:
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")
        assert "-c .constraints.txt" in command
    assert COMMANDS[1] == f"{COMMANDS[0]} support"


def fake_clone(folder: Path, readme: str) -> Path:
    """Just enough of a clone for `.ci/run`: a README, and the programs that it calls, which write down how they were called."""
    (folder / ".ci").mkdir()
    (folder / ".ci/run").write_bytes((REPOSITORY / ".ci/run").read_bytes())
    (folder / "README.md").write_text(readme, encoding="utf-8")
    programs = folder / ".venv/bin"
    programs.mkdir(parents=True)
    for name in ("acceptance", "ruff", "mypy"):
        (programs / name).write_text(f'#!/bin/sh\necho "{name} $*" >> calls\n[ ! -e fails-{name} ] || exit 3\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    (folder / "allure-results").mkdir()
    (folder / "allure-results/matrix.html").write_text("<!doctype html>", encoding="utf-8")
    return folder


def run_ci(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CI": "true"}
    return subprocess.run(["bash", ".ci/run"], cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S607


README = "# It\n\n```bash\necho one 1 && echo 'first' >> calls\n```\n\n```bash\necho 'second' >> calls\n```\n"


def test_ci_runs_exactly_the_commands_of_the_readme_then_the_checks(tmp_path: Path) -> None:
    ended = run_ci(fake_clone(tmp_path, README))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert calls[:-1] == ["first", "second", "acceptance check", "ruff check .", "ruff format --check .", "mypy "]
    assert calls[-1] == "acceptance postgres -- .venv/bin/pytest -n 2 --database-url {url}"
    assert "=== all green" in ended.stdout


@pytest.mark.parametrize("program", ["acceptance", "ruff", "mypy"])
def test_ci_ends_with_the_exit_code_of_what_failed(tmp_path: Path, program: str) -> None:
    (fake_clone(tmp_path, README) / f"fails-{program}").touch()
    ended = run_ci(tmp_path)
    assert ended.returncode == 3
    assert "=== all green" not in ended.stdout


def test_ci_ends_with_the_failure_of_a_readme_command(tmp_path: Path) -> None:
    ended = run_ci(fake_clone(tmp_path, README.replace("echo one 1", "exit 7")))
    assert ended.returncode == 7
    assert not (tmp_path / "calls").exists(), "nothing runs after a failure"


def test_ci_refuses_a_readme_with_other_than_two_commands(tmp_path: Path) -> None:
    ended = run_ci(fake_clone(tmp_path, README + "\n```bash\necho three\n```\n"))
    assert ended.returncode == 2
    assert "expected two commands" in ended.stdout


def test_the_map_of_support_shows_every_room_and_module() -> None:
    there = {path.name for path in (REPOSITORY / "support").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()} - {"__init__.py"}
    shown = set(re.findall(r"\]\(([\w.]+)\)", (REPOSITORY / "support/README.md").read_text(encoding="utf-8")))
    assert there <= shown, f"support/README.md does not show {sorted(there - shown)}"
