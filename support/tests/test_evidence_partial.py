"""A run of a part of the suite says so in every report: what chose it, and what was left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from support.evidence.approvals import approve
from support.evidence.delta import delta
from support.evidence.github import summary
from support.evidence.left_out import left_out, merged, told
from support.evidence.matrix import matrix_document, render
from support.evidence.proofs import Proof
from support.evidence.records import RunRecord, read_evidence
from support.evidence.verdicts import Standing, judge
from support.tests.evidence_project import project_in, redden
from support.tests.evidence_records import STARTED, evidence, ledger, requirement, scenario
from support.tests.gherkin_project import Project

RED, GREEN = "features/rollback/red.feature", "features/spot_migration/green.feature"
ONE = "REQ-SPT-001"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = project_in(tmp_path)
    redden(made)
    return made


@pytest.mark.parametrize(
    ("options", "chosen", "missing"),
    [
        ((), (), {}),
        ((GREEN,), (GREEN,), {RED: None}),
        ((f"{GREEN}:23",), (f"{GREEN}:23",), {RED: None, GREEN: 2}),
        (("-k", "Many or Hollow"), ("-k Many or Hollow",), {RED: 4, GREEN: 1}),
        (("-n", "2", "-m", "not draft"), ("-m not draft",), {RED: 1}),
        (("--shard", "1/2"), ("--shard 1/2",), {RED: 2, GREEN: 2}),
    ],
    ids=["everything", "a file", "a line", "by name", "by tag, with workers", "a shard"],
)
def test_a_run_knows_what_it_left_out(project: Project, options: tuple[str, ...], chosen: tuple[str, ...], missing: dict[str, int | None]) -> None:
    outcome = project.run("-q", "--evidence=e.jsonl", *options)
    found = read_evidence(project.folder / "e.jsonl")
    assert found.run.choice == chosen
    if options[:1] == ("--shard",):
        assert sum(count or 0 for count in found.left_out.values()) == 8 - len(found.scenarios)
    else:
        assert found.left_out == missing
    assert ("a part of the suite" in outcome.text) == bool(missing)


def test_a_path_of_the_machine_is_not_told(project: Project) -> None:
    project.run("-q", "--evidence=e.jsonl", str(project.folder / GREEN))
    assert read_evidence(project.folder / "e.jsonl").run.choice == (GREEN,)


def test_the_shards_of_a_run_left_nothing_out_together(project: Project) -> None:
    for number in (1, 2):
        project.run("-q", "--shard", f"{number}/2")
    parts = [project.folder / f".acceptance/evidence-{number}-of-2.jsonl" for number in (1, 2)]
    whole = read_evidence(*parts)
    assert (len(whole.scenarios), whole.left_out, whole.run.choice) == (8, {}, ())
    assert read_evidence(parts[0]).left_out


def test_a_stopped_run_left_out_what_it_never_reached(project: Project) -> None:
    project.run("-q", "-x", "--evidence=e.jsonl")
    assert read_evidence(project.folder / "e.jsonl").left_out == {RED: 4, GREEN: 3}


def test_what_was_left_out_is_counted() -> None:
    ran = [scenario("A", ONE, line=5), scenario("B", ONE, line=9), replace(scenario("A", ONE, line=5), attempt=2)]
    file = ran[0].file
    assert left_out({file: 3, "b.feature": None, "c.feature": 0}, ran) == {file: 1, "b.feature": None}
    assert merged([{"a": None, "b": 2}, {"a": 3, "b": None}]) == {"a": 3, "b": 2}


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ({}, ""),
        ({"a": None}, "This run was a part of the suite, chosen by -m smoke. Left out: 1 feature."),
        ({"a": 2, "b": 1}, "This run was a part of the suite, chosen by -m smoke. Left out: 3 scenarios of 2 features."),
        (
            {"a": None, "b": None, "c": 1},
            "This run was a part of the suite, chosen by -m smoke. Left out: 2 features and 1 scenario of 1 other feature.",
        ),
    ],
)
def test_one_sentence_says_it(missing: dict[str, int | None], sentence: str) -> None:
    assert told(["-m smoke"], missing) == sentence


def test_every_report_says_it_and_why_a_requirement_has_no_verdict() -> None:
    book = ledger(requirement(1), requirement(2))
    run = replace(evidence(scenario("A", ONE)), run=RunRecord(STARTED, chosen=("-m smoke",)), left_out={"features/rollback/red.feature": 2})
    verdicts = judge(book, run)
    document = matrix_document(book, run, verdicts)
    sentence = "This run was a part of the suite, chosen by -m smoke. Left out: 2 scenarios of 1 feature."
    assert sentence in render(document, "html")
    assert sentence in render(document, "markdown")
    assert sentence in summary(book, run, verdicts, None)
    assert document["run"]["left_out"] == [{"feature": "features/rollback/red.feature", "scenarios": 2}]
    assert "no scenario of this run claims it, which left some out" in render(document, "csv")


def test_a_requirement_of_which_scenarios_were_left_out_is_partly_verified_and_not_lost() -> None:
    book = ledger(requirement(1), requirement(2))
    first, second = scenario("A", ONE), scenario("B", ONE, line=9)
    other = scenario("C", "REQ-SPT-002", file="features/rollback/red.feature")
    approvals = approve(book, [first, second, other], {}, [ONE, "REQ-SPT-002"])
    whole = judge(book, evidence(first, second, other), approvals=approvals)
    part = replace(evidence(first), left_out={first.file: 1, other.file: None})
    one, two = judge(book, part, approvals=approvals)
    assert (one.standing, one.reasons) == (Standing.PARTLY, ("left out of this run: 1 of 2 scenarios",))
    assert (two.standing, two.reasons) == (Standing.NOT_COVERED, ("left out of this run: 1 of 1 scenarios",))
    assert delta(whole, (one, two)).headline == "no requirement changed its standing"
    removed = replace(evidence(first, other), left_out={})
    assert judge(book, removed, approvals=approvals)[0].standing == Standing.VERIFIED
    red = replace(part, scenarios=(replace(first, outcome="failed"),))
    assert delta(whole, judge(book, red, approvals=approvals)).headline == "1 regressed"


def test_a_scenario_that_no_defect_has_turned_red_is_told() -> None:
    book = ledger(requirement(1))
    good, blind, red = scenario("A", ONE), scenario("B", ONE, line=9), scenario("C", ONE, line=12, outcome="failed", reason="x")
    run = evidence(good, blind, red)
    document = matrix_document(book, run, judge(book, run, [Proof(ONE, "wave-of-zero", good.identity, "A holds")]))
    assert document["without_defect"] == [{"scenario": "B", "place": blind.place}]
    assert "1 scenario that no defect has turned red" in render(document, "html")
    assert "- B (`features/spot_migration/rollout.feature:9`)" in render(document, "markdown")
