"""Which operations of the contract a run has exercised, and that a whole run that leaves one out fails."""

from __future__ import annotations

import json

from msgspec.structs import replace

from support.evidence.operations import CONTRACT, exercised_by, unexercised
from support.evidence.records import Outcome, ScenarioRecord, encoded, scenario_from
from support.tests.evidence_records import scenario

EVERYTHING = tuple(sorted(CONTRACT))


def asking(*operations: str, outcome: Outcome = "passed") -> ScenarioRecord:
    """A scenario that had these operations carried out."""
    return replace(scenario("A customer asks"), operations=operations, outcome=outcome)


def test_nothing_is_left_out_when_scenarios_together_exercise_everything() -> None:
    assert unexercised([asking(*EVERYTHING[:5]), asking(*EVERYTHING[5:])]) == ()


def test_an_operation_without_a_scenario_is_named() -> None:
    assert unexercised([asking(*(each for each in CONTRACT if each != "GET /health"))]) == ("GET /health",)


def test_a_scenario_that_failed_exercises_nothing() -> None:
    assert unexercised([asking(*EVERYTHING, outcome="failed")]) == CONTRACT


def test_a_run_without_a_platform_leaves_nothing_out() -> None:
    assert unexercised([asking()]) == ()


def test_an_operation_beyond_the_contract_is_nobodys_gap() -> None:
    assert "GET /weather" not in exercised_by([asking("GET /weather")])


def test_operations_survive_the_way_from_a_worker() -> None:
    record = asking("GET /health")
    assert scenario_from(json.loads(encoded(record))).operations == ("GET /health",)
