"""The commands that help to write: `phrases`, `new`, `editor`."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from support.audits.check import problems_of
from support.audits.project import Project
from support.cli import application
from support.editor import SETTINGS
from support.evidence.records import EVIDENCE_PATH, RunRecord, encoded
from support.evidence.writing import EvidenceFile
from support.phrase_book import book, sample, shortly
from support.problems import Problems
from support.tests import evidence_records
from support.tests.small_repository import FEATURE, small_repository


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(small_repository(tmp_path))
    monkeypatch.setenv("COLUMNS", "140")
    return tmp_path


def acceptance(*words: str) -> Result:
    return CliRunner().invoke(application(), list(words))


def new(**options: str) -> Result:
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return acceptance("new", *words)


def test_the_book_tells_each_phrase_with_its_use(repository: Path) -> None:
    by_phrase = {entry.phrase: entry for entry in book(Project(repository))}
    given = by_phrase["customer {string} runs {count} inference nodes on demand"]
    assert (given.noun, given.kind, given.used, given.place) == ("fleets", "Given", 2, "steps/fleets.py:1")
    assert given.example == 'customer "Northwind" runs 20 inference nodes on demand'
    assert given.parameters[1].startswith("{count}: for example no, three")
    assert by_phrase["{percent} of the traffic reaches spot nodes"].verifies == ("REQ-SPT-010",), "what it names itself"
    assert by_phrase["the whole fleet runs on demand again"].verifies == ("REQ-SPT-009",), "what the scenarios claim in which it stands"
    assert by_phrase["the first wave starts"].verifies == (), "a When is no evidence"


def test_what_new_asks_for_is_asked_again_until_it_can_be_used(repository: Path) -> None:
    keyboard, terminal = pty.openpty()
    os.write(keyboard, b"REQ-NO-001\nREQ-SPT-009\nNobody\nNorthwind\nShort\nA small wave is followed by a larger one\n")
    command = [sys.executable, "-m", "support.cli", "new"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    ran = subprocess.run(command, check=False, cwd=repository, stdin=terminal, capture_output=True, text=True, env=environment, timeout=60)  # noqa: S603
    os.close(keyboard)
    os.close(terminal)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "is not in the ledger; use an id" in ran.stdout
    assert "is nobody; the personas are Northwind" in ran.stdout
    assert "does not tell what happens" in ran.stdout
    assert "    Scenario: A small wave is followed by a larger one\n" in (repository / FEATURE).read_text(encoding="utf-8")


def test_of_many_requirements_the_first_are_told() -> None:
    assert shortly(["a", "b", "c"]) == ["a", "b", "c"]
    assert shortly(["a", "b", "c", "d", "e"]) == ["a", "b", "c", "and 2 more"]


def test_the_book_tells_how_long_a_phrase_took_in_the_last_run(repository: Path) -> None:
    steps = [evidence_records.step("the first wave starts", duration=seconds) for seconds in (0.02, 0.4, 0.03)]
    failed = evidence_records.step("the first wave starts", duration=9.0, verdict="failed")
    file = EvidenceFile(repository / EVIDENCE_PATH, RunRecord(evidence_records.STARTED), repository)
    file.keep(encoded(evidence_records.scenario("Waves", steps=(*steps, failed))))
    file.close(0, evidence_records.STARTED + 1, {})
    took = {entry.phrase: entry.took for entry in book(Project(repository))}
    assert took["the first wave starts"] == "30 ms", "the median of those that passed"
    assert took["the whole fleet runs on demand again"] == "", "it did not run"


@pytest.mark.usefixtures("repository")
def test_a_search_finds_every_word_in_any_case() -> None:
    found = acceptance("phrases", "WAVE", "starts", "--format", "markdown")
    assert found.exit_code == 0
    assert "the first wave starts" in found.output
    assert "on demand again" not in found.output


@pytest.mark.usefixtures("repository")
def test_a_search_without_a_find_says_so() -> None:
    found = acceptance("phrases", "submarine")
    assert found.exit_code == 1
    assert "no phrase mentions submarine" in found.output


@pytest.mark.usefixtures("repository")
def test_the_terminal_shows_tables_by_noun() -> None:
    output = acceptance("phrases").output
    assert output.lstrip().startswith("fleets")
    assert "{percent}: for example 50%, 94.9%" in output


@pytest.mark.usefixtures("repository")
def test_the_page_is_self_contained_and_escaped() -> None:
    page = acceptance("phrases", "--format", "html").output
    assert "customer <var>{string}</var> runs <var>{count}</var> inference nodes on demand" in page
    assert "http" not in page
    assert "customer&#39;s floor" in page or "customer&#x27;s floor" in page


def test_a_new_scenario_joins_the_rule_that_states_its_requirement(repository: Path) -> None:
    result = new(requirement="REQ-SPT-009", persona="Pulse", situation="A healthy first wave is followed by the second")
    assert result.exit_code == 0, result.output
    assert f"{FEATURE}:14 is yours" in result.output
    lines = (repository / FEATURE).read_text(encoding="utf-8").splitlines()
    assert lines[12:19] == [
        "    @draft",
        "    Scenario: A healthy first wave is followed by the second",
        '      Given customer "Pulse" runs three inference nodes on demand',
        "      When the first wave starts",
        "      Then the whole fleet runs on demand again",
        "",
        "  @REQ-SPT-010",
    ]
    assert problems_of(Project(repository)) == []


def test_a_requirement_without_a_rule_gets_one_in_a_feature_of_its_own(repository: Path) -> None:
    result = new(requirement="REQ-SPT-011", persona="Tinker", situation="A fleet returns when spot is gone", capability="Way back")
    assert result.exit_code == 0, result.output
    text = (repository / "features/spot_migration/way_back.feature").read_text(encoding="utf-8")
    assert text.startswith("Feature: Way back\n\n  A fleet must be able to return. Everything else about spot migration")
    assert "  @REQ-SPT-011\n  Rule: A fleet must be able to return\n\n    @draft\n    Scenario: A fleet returns when spot is gone\n" in text
    assert problems_of(Project(repository)) == []


def test_the_same_capability_takes_a_second_rule(repository: Path) -> None:
    result = new(requirement="REQ-SPT-011", persona="Tinker", situation="A fleet returns when spot is gone", capability="gradual_rollout")
    assert result.exit_code == 0, result.output
    rules = [rule.tags[0].name for rule in Project(repository).features[0].rules]
    assert rules == ["REQ-SPT-009", "REQ-SPT-010", "REQ-SPT-011"]
    assert problems_of(Project(repository)) == []


@pytest.mark.usefixtures("repository")
def test_every_mistake_in_a_wish_is_told_at_once() -> None:
    mistakes = new(requirement="REQ-SPT-999", persona="Nobody", situation="Spot").exception
    assert isinstance(mistakes, Problems)
    assert [problem.path for problem in mistakes.problems] == ["--persona", "--requirement", "--situation"]


@pytest.mark.usefixtures("repository")
def test_what_is_missing_is_named_where_nobody_can_be_asked() -> None:
    mistakes = new(requirement="REQ-SPT-009").exception
    assert isinstance(mistakes, Problems)
    assert [problem.path for problem in mistakes.problems] == ["--persona", "--situation"]


def test_the_editors_files_are_written_and_in_step(repository: Path) -> None:
    (repository / "features/README.md").write_text("# Guide\n", encoding="utf-8")
    assert acceptance("editor").exit_code == 0
    assert (repository / SETTINGS).is_file()
    assert problems_of(Project(repository), ["A05"]) == []


@pytest.mark.usefixtures("repository")
def test_a_title_that_is_told_already_is_refused_before_anything_is_written() -> None:
    asked = {"requirement": "REQ-SPT-009", "persona": "Pulse", "situation": "A healthy first wave is followed by the second"}
    new(**asked)
    assert "is told already, at features/spot_migration/gradual_rollout.feature:14" in str(new(**asked).exception)


@pytest.mark.parametrize(("phrase", "said"), [("{count} node/nodes run", "three nodes run"), ("a/an {agent} agent", "a cost agent")])
def test_a_sample_is_in_the_plural_like_its_numbers(phrase: str, said: str) -> None:
    assert sample(phrase) == said
