"""Verdicts are pessimistic: what does not count is shown, and counts for nothing."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from support.evidence.approvals import Approval, approve, fingerprint, read_approvals, write_approvals
from support.evidence.delta import delta
from support.evidence.proofs import Proof
from support.evidence.records import ScenarioRecord
from support.evidence.verdicts import RequirementVerdict, Standing, judge
from support.tests.evidence_records import evidence, ledger, requirement, scenario, step, waiver

ONE = "REQ-SPT-001"


def verdict(*scenarios: ScenarioRecord, proofs: tuple[Proof, ...] = (), **different: object) -> RequirementVerdict:
    (only,) = judge(ledger(requirement(1, **different)), evidence(*scenarios), proofs)
    return only


def test_a_scenario_that_passed_with_evidence_verifies() -> None:
    found = verdict(scenario("A", ONE))
    assert found.standing == Standing.VERIFIED
    assert [sentence.text for sentence in found.claims[0].sentences] == ["Then A holds"]
    assert not found.reasons


def test_a_defect_that_was_noticed_by_its_sentence_proves() -> None:
    proof = Proof(ONE, "wave-of-zero", scenario("A", ONE).identity, "A holds")
    assert verdict(scenario("A", ONE), proofs=(proof,)).standing == Standing.PROVEN


def test_a_proof_lapses_when_its_sentence_is_gone() -> None:
    proof = Proof(ONE, "wave-of-zero", scenario("A", ONE).identity, "something else holds")
    assert verdict(scenario("A", ONE), proofs=(proof,)).standing == Standing.VERIFIED


@pytest.mark.parametrize("outcome", ["skipped", "draft", "known_issue"])
def test_what_does_not_count_makes_it_partly_beside_what_does(outcome: str) -> None:
    other = scenario("B", ONE, outcome=outcome, reason="the gap", line=9)
    found = verdict(scenario("A", ONE), other)
    assert found.standing == Standing.PARTLY
    assert found.reasons[0].startswith("B: ")
    assert verdict(other).standing == Standing.NOT_COVERED


@pytest.mark.parametrize("outcome", ["failed", "broken"])
def test_one_failure_fails_it(outcome: str) -> None:
    red = step("B holds", verifies=(ONE,), verdict="failed", message="expected 1, saw 2")
    other = scenario("B", ONE, outcome=outcome, reason="expected 1, saw 2", steps=(red,), line=9)
    found = verdict(scenario("A", ONE), other)
    assert found.standing == Standing.FAILED
    assert found.reasons == (f'B: {outcome} at "Then B holds": expected 1, saw 2',)


def test_a_verifying_step_that_fails_elsewhere_fails_it() -> None:
    red = step("A holds", verifies=(ONE,), verdict="failed", assertions=0)
    assert verdict(scenario("A", ONE), scenario("B", outcome="failed", steps=(red,), line=9)).standing == Standing.FAILED


def test_repeated_attempts_count_for_nothing() -> None:
    found = verdict(scenario("A", ONE), replace(scenario("A", ONE), attempt=2))
    assert found.standing != Standing.VERIFIED
    assert "repeated" in found.reasons[0]


def test_a_step_that_asserted_nothing_is_no_evidence() -> None:
    hollow = scenario("A", ONE, steps=(step("A holds", verifies=(ONE,), assertions=0),))
    assert verdict(hollow).standing == Standing.EXERCISED


def test_evidence_without_a_claim_is_exercise_only() -> None:
    assert verdict(scenario("A", steps=(step("A holds", verifies=(ONE,)),))).standing == Standing.EXERCISED


def test_a_waiver_holds_until_its_day_and_fails_afterwards() -> None:
    assert verdict(waived=waiver(0)).standing == Standing.WAIVED
    assert verdict(waived=waiver(-1)).standing == Standing.FAILED
    assert verdict(scenario("A", ONE), waived=waiver(5)).standing == Standing.VERIFIED


def test_a_changed_statement_makes_its_scenarios_suspect() -> None:
    run = evidence(scenario("A", ONE))
    approvals = approve(ledger(requirement(1)), run.scenarios, {}, [ONE])
    assert judge(ledger(requirement(1)), run, approvals=approvals)[0].standing == Standing.VERIFIED
    changed = ledger(requirement(1, statement="Statement 1 must never hold."))
    (found,) = judge(changed, run, approvals=approvals)
    assert (found.standing, found.suspect) == (Standing.PARTLY, True)
    again = approve(changed, run.scenarios, approvals, [ONE])
    assert judge(changed, run, approvals=again)[0].standing == Standing.VERIFIED


def test_approvals_survive_their_file(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "approvals.toml"
    approvals = {ONE: Approval(fingerprint(requirement(1)), ('a "quoted" scenario', "b"))}
    write_approvals(path, approvals)
    assert read_approvals(path) == approvals


def test_a_delta_tells_gained_lost_regressed_and_fixed() -> None:
    book = ledger(*(requirement(number) for number in range(1, 6)))
    names = [f"REQ-SPT-{number:03}" for number in range(1, 6)]
    good = {name: scenario(name, name, line=index) for index, name in enumerate(names, 1)}
    bad = {name: replace(good[name], outcome="failed") for name in names}
    before = judge(book, evidence(good[names[1]], good[names[2]], bad[names[3]], good[names[4]]))
    after = judge(book, evidence(good[names[0]], bad[names[2]], good[names[3]], good[names[4]]))
    found = delta(before, after)
    kinds = [[change.requirement for change in kind] for kind in (found.gained, found.lost, found.regressed, found.fixed)]
    assert kinds == [[names[0]], [names[1]], [names[2]], [names[3]]]
    assert found.headline == "1 regressed, 1 lost, 1 fixed, 1 gained"
