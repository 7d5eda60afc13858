"""What a run leaves: records for every step, guards that fail, and reports that agree with each other."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from support.evidence.matrix.formats import as_csv, as_html, as_markdown
from support.evidence.records import Evidence, read_evidence
from support.tests.evidence_project import project_in, redden
from support.tests.gherkin_project import Project

ROOM = Path(__file__).parents[1] / "evidence"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return project_in(tmp_path)


@pytest.fixture(scope="module")
def green(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose scenarios have run and passed."""
    made = project_in(tmp_path_factory.mktemp("green"))
    assert made.run("-q", "--junitxml", "junit.xml").code == 0
    return made


@pytest.fixture(scope="module")
def red(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project in which some scenarios have run and failed, each in its own way."""
    made = project_in(tmp_path_factory.mktemp("red"))
    redden(made)
    assert made.run("-q").code == 1
    return made


def evidence_of(project: Project) -> Evidence:
    return read_evidence(project.folder / ".acceptance/evidence.jsonl")


def results_of(project: Project, folder: str = "allure-results") -> dict[str, dict[str, Any]]:
    found = (json.loads(path.read_text(encoding="utf-8")) for path in (project.folder / folder).glob("*-result.json"))
    return {result["name"]: result for result in found}


def test_every_step_leaves_a_record(green: Project) -> None:
    first = evidence_of(green).scenarios[0]
    assert (first.place, first.rule, first.claims, first.outcome) == (
        "features/spot_migration/green.feature:11",
        "Nodes must stop",
        ("REQ-SPT-001",),
        "passed",
    )
    told = [(step.keyword, step.text, step.verifies, step.exercises, step.assertions, step.verdict) for step in first.steps]
    assert told == [
        ("Given", "20 nodes", (), ("REQ-SPT-001",), 0, "passed"),
        ("When", "3 nodes stop", (), ("REQ-SPT-001",), 0, "passed"),
        ("Then", "17 nodes run", ("REQ-SPT-001",), (), 1, "passed"),
        ("And", "nothing else changed", ("REQ-SPT-002",), ("REQ-SPT-001",), 1, "passed"),
    ]
    assert first.steps[2].definition == "steps/fleets.py:17"
    assert first.steps[2].parameters == {"number": "17"}


def test_rows_are_told_apart(green: Project) -> None:
    rows = [(scenario.line, dict(scenario.row)) for scenario in evidence_of(green).scenarios if scenario.row]
    assert rows == [(22, {"some": "5", "left": "15"}), (23, {"some": "6", "left": "14"})]


def test_the_records_keep_to_their_schema(red: Project) -> None:
    validator = Draft202012Validator(json.loads((ROOM / "evidence.schema.json").read_text(encoding="utf-8")))
    lines = (red.folder / ".acceptance/evidence.jsonl").read_text(encoding="utf-8").splitlines()
    assert [error.message for line in lines for error in validator.iter_errors(json.loads(line))] == []
    assert [json.loads(line)["kind"] for line in lines] == ["run", *["scenario"] * 8, "end"]


def test_workers_leave_the_same_evidence_and_results(project: Project) -> None:
    redden(project)
    seen = []
    for arguments in ((), ("-n", "2")):
        project.run("-q", *arguments)
        told = [
            (scenario.identity, scenario.outcome, [(step.text, step.verdict) for step in scenario.steps])
            for scenario in evidence_of(project).scenarios
        ]
        results = {name: (result["historyId"], result["uuid"], result["status"]) for name, result in results_of(project).items()}
        seen.append((told, results))
    assert seen[0] == seen[1]


def test_a_failure_says_where_and_what_was_never_reached(red: Project) -> None:
    wrong = next(scenario for scenario in evidence_of(red).scenarios if scenario.title == "Wrong number")
    assert [step.verdict for step in wrong.steps] == ["passed", "passed", "failed", "not_reached"]
    assert wrong.reason == "expected 16 nodes, saw 17"
    (fleet,) = wrong.steps[2].attachments
    assert (fleet.name, json.loads(fleet.text)) == ("the fleet", {"nodes": 17, "agent_token": "***"})


def test_a_then_without_an_assertion_and_a_claim_without_evidence_fail(red: Project) -> None:
    reasons = {scenario.title: (scenario.outcome, scenario.reason) for scenario in evidence_of(red).scenarios}
    assert reasons["Hollow"] == ("failed", '"Then all is well" ran no assertion: a Then must be able to be false')
    assert reasons["Claimed only"][0] == "failed"
    assert "claims REQ-SPT-001, but none of its steps verified that" in reasons["Claimed only"][1]
    assert reasons["Not yet"][0] == "draft"
    assert reasons["Broken cloud"][0] == "broken"


def test_allure_shows_the_business_and_nothing_of_python_or_the_machine(red: Project) -> None:
    results = results_of(red)
    wrong = results["Wrong number"]
    labels = [(label["name"], label["value"]) for label in wrong["labels"]]
    assert {("epic", "Rollback"), ("requirement", "REQ-SPT-001 One"), ("feature", "Fleets")} <= set(labels)
    assert [(step["name"], step["status"]) for step in wrong["steps"]][2:] == [
        ("Then 16 nodes run  [REQ-SPT-001]", "failed"),
        ("And nothing else changed  [REQ-SPT-002]", "skipped"),
    ]
    assert {"name": "verifies", "value": "REQ-SPT-001"} in wrong["steps"][2]["parameters"]
    everything = "".join(path.read_text(encoding="utf-8") for path in sorted((red.folder / "allure-results").iterdir()))
    everything += (red.folder / ".acceptance/evidence.jsonl").read_text(encoding="utf-8")
    for secret in ("topsecretvalue", "eyJhbGciOiJIUzI1NiJ9", str(red.folder)):
        assert secret not in everything, secret
    for path in (red.folder / "allure-results").glob("*-result.json"):
        assert "nodes_left" not in path.read_text(encoding="utf-8")
    assert not list((red.folder / "allure-results").glob("*-container.json"))


def test_allure_pytest_keeps_to_ordinary_tests(project: Project) -> None:
    project.write("features/test_ordinary.py", "import allure\ndef test_ordinary(tmp_path):\n    allure.attach('text', name='note')\n")
    assert project.run("-q", "--alluredir", "results").code == 0
    results = results_of(project, "results")
    assert sorted(results) == ["Many stop (5, 15)", "Many stop (6, 14)", "Some stop", "test_ordinary"]
    assert not list((project.folder / "results").glob("*-container.json"))


def test_junit_carries_place_and_requirements(green: Project) -> None:
    cases = ET.parse(green.folder / "junit.xml").getroot().iter("testcase")  # noqa: S314 - our own file
    told = {case.get("name"): {each.get("name"): each.get("value") for each in case.iter("property")} for case in cases}
    assert told["Some stop"] == {
        "file": "features/spot_migration/green.feature",
        "line": "11",
        "requirements": "REQ-SPT-001",
        "verified": "REQ-SPT-001,REQ-SPT-002",
        "test_summary": "Some stop",
        "test_description": "Fleets / Nodes must stop",
        "testrail_case_field": "refs:REQ-SPT-001",
    }


def test_the_formats_of_the_matrix_agree(red: Project) -> None:
    from support.evidence.matrix import matrix_document
    from support.evidence.reports import Sources, judged

    run = judged(Sources(red.folder, (red.folder / ".acceptance/evidence.jsonl",)))
    document = matrix_document(run.ledger, run.evidence, run.verdicts)
    Draft202012Validator(json.loads((ROOM / "matrix/matrix.schema.json").read_text(encoding="utf-8"))).validate(document)
    standing = {each["id"]: each["standing"] for epic in document["epics"] for each in epic["requirements"]}
    assert standing == {"REQ-SPT-001": "failed", "REQ-SPT-002": "failed"}
    rows = {row["requirement"]: row["standing"] for row in csv.DictReader(as_csv(document).splitlines())}
    assert rows == standing
    for name, verdict in standing.items():
        assert f'id="{name}" data-standing="{verdict}"' in as_html(document)
        assert any(name in line and f"| {verdict} |" in line for line in as_markdown(document).splitlines())
    page = (red.folder / "allure-results/matrix.html").read_text(encoding="utf-8")
    assert page == as_html(document)
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "src=" not in page


def test_a_run_is_compared_with_an_earlier_one(project: Project) -> None:
    project.run("-q", "--evidence", "before.jsonl")
    redden(project)
    outcome = project.run("-q", "--evidence-against", "before.jsonl")
    outcome.has("against before.jsonl: 2 regressed")


def test_options_that_name_what_cannot_be_read_or_written_are_told_at_once(project: Project) -> None:
    project.write("occupied", "")
    asked = ["--evidence=occupied/e.jsonl", "--alluredir=occupied/results", "--cucumber-messages=features", "--evidence-against=gone.jsonl"]
    outcome = project.run(*asked, "--shard=3/2")
    assert outcome.code == 2
    outcome.has(
        "--evidence: nothing can be written into occupied (File exists); name another place",
        "--alluredir: nothing can be written into occupied/results (Not a directory); name another place",
        "--cucumber-messages: features is a folder; name a file",
        "--evidence-against: there is no gone.jsonl; name the evidence of an earlier run",
        "--shard: '3/2' names no part of a run",
        "5 problems",
    )
    outcome.lacks("Traceback", "collected")


def test_github_gets_annotations_on_the_line_and_a_summary(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project.folder / "summary.md"))
    redden(project)
    outcome = project.run("-q")
    outcome.has("::error file=features/rollback/red.feature,line=9,title=Wrong number::Then 16 nodes run%0Aexpected 16 nodes, saw 17")
    summary = (project.folder / "summary.md").read_text(encoding="utf-8")
    assert summary.startswith("## OptiInfra acceptance: 0 of 2 requirements verified")
    assert "> Then 16 nodes run" in summary


def test_a_run_without_scenarios_leaves_the_last_evidence_alone(project: Project) -> None:
    project.run("-q")
    before = (project.folder / ".acceptance/evidence.jsonl").read_text(encoding="utf-8")
    project.write("features/test_ordinary.py", "def test_ordinary():\n    pass\n")
    assert project.run("-q", "features/test_ordinary.py").code == 0
    assert (project.folder / ".acceptance/evidence.jsonl").read_text(encoding="utf-8") == before
