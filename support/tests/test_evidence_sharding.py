"""Parts of a run: nothing is left out or done twice, they take about as long as each other, and together they are one run again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.evidence.records import Evidence, read_evidence
from support.evidence.sharding import Shard, dealt
from support.problems import Problems
from support.tests.evidence_project import project_in
from support.tests.gherkin_project import Project

SHARDS = ("1/3", "2/3", "3/3")


def evidence_of(project: Project, shard: str) -> Path:
    return project.folder / ".acceptance" / Shard.read(shard).evidence_path.name


def ran(evidence: Evidence) -> list[tuple[str, int]]:
    return sorted((scenario.file, scenario.line) for scenario in evidence.scenarios)


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that was run as a whole, and then in three parts, one of them by two workers."""
    made = project_in(tmp_path_factory.mktemp("split"))
    scenario = "  Scenario: Fleet {0}\n    Given 20 nodes\n    When {0} nodes stop\n    Then {1} nodes run\n"
    scenarios = "".join(scenario.format(number, 20 - number) for number in range(1, 8))
    made.feature(f"Feature: Many\n\n  @REQ-SPT-001\n  Rule: Nodes must stop\n{scenarios}", "spot_migration/many")
    assert made.run("-q").code == 0
    for shard in SHARDS:
        made.run("-q", "--shard", shard, *(("-n", "2") if shard == "2/3" else ()))
    return made


def test_together_the_parts_are_the_whole_run_and_none_is_empty(split: Project) -> None:
    whole = read_evidence(split.folder / ".acceptance/evidence.jsonl")
    parts = [read_evidence(evidence_of(split, shard)) for shard in SHARDS]
    assert all(part.scenarios for part in parts)
    assert sorted(place for part in parts for place in ran(part)) == ran(whole)
    merged = read_evidence(*(evidence_of(split, shard) for shard in SHARDS))
    assert ran(merged) == ran(whole)
    assert merged.complete


def test_a_missing_repeated_or_foreign_part_is_told(split: Project, tmp_path: Path) -> None:
    one, two, three = (evidence_of(split, shard) for shard in SHARDS)
    with pytest.raises(Problems, match="the shard 2/3 is missing"):
        read_evidence(one, three)
    with pytest.raises(Problems, match="the shard 3/3 is there twice"):
        read_evidence(one, two, three, three)
    first, *others = three.read_text(encoding="utf-8").splitlines()
    foreign = tmp_path / "foreign.jsonl"
    foreign.write_text("\n".join([json.dumps({**json.loads(first), "split": "another"}), *others]), encoding="utf-8")
    with pytest.raises(Problems, match="are not parts of one run"):
        read_evidence(one, two, foreign)


def test_recorded_durations_decide_who_does_what(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    assert project.run("-q").code == 0
    path = project.folder / ".acceptance/evidence.jsonl"
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    scenarios = [record for record in records if record["kind"] == "scenario"]
    for record in scenarios:
        record["duration"] = 1.0
    scenarios[0]["duration"] = 100.0
    path.write_text("\n".join(json.dumps(record) for record in records) + "\n", encoding="utf-8")
    assert project.run("-q", "--shard", "1/2").code == 0
    alone = read_evidence(evidence_of(project, "1/2")).scenarios
    assert [each.title for each in alone] == [scenarios[0]["title"]]


@pytest.mark.parametrize(("given", "said"), [("3/2", "names no part of a run"), ("x", "names no part of a run")])
def test_a_part_that_cannot_be_is_told(tmp_path: Path, given: str, said: str) -> None:
    outcome = project_in(tmp_path).run("--shard", given)
    assert outcome.code == 2
    outcome.has(said, "write it as 2/4")
    outcome.lacks("Traceback")


def test_records_that_are_not_there_are_told(tmp_path: Path) -> None:
    outcome = project_in(tmp_path).run("--shard", "1/2", "--durations-from", "gone.jsonl")
    assert outcome.code == 2
    outcome.has("there is no evidence of a run here")
    outcome.lacks("Traceback")


def test_the_parts_are_about_equal_and_the_same_every_time() -> None:
    weights = {f"scenario {number}": float(1 + number * 7 % 13) for number in range(100)}
    parts = dealt(weights, 4)
    assert parts == dealt(dict(reversed(weights.items())), 4)
    loads = [sum(weight for name, weight in weights.items() if parts[name] == part) for part in range(1, 5)]
    assert max(loads) - min(loads) <= max(weights.values())
