"""The matrix as plain values, described by `matrix.schema.json`; every format shows this and adds nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from support.evidence.delta import Change, Delta
from support.evidence.ledger import LEDGER_PATH, Ledger
from support.evidence.left_out import told
from support.evidence.records import Evidence
from support.evidence.verdicts import Claim, RequirementVerdict, Standing

SCHEMA = "optiinfra-matrix/1"
"""The version of the document's form."""

Document = dict[str, Any]


def matrix_document(ledger: Ledger, evidence: Evidence, verdicts: Iterable[RequirementVerdict], change: Delta | None = None) -> Document:
    """The whole matrix: the run, totals by standing, and each requirement under its epic, in the order of the ledger."""
    judged = tuple(verdicts)
    epics = [
        {
            "area": area.code,
            "name": area.name,
            "folder": area.epic,
            "totals": totals(verdict.standing for verdict in judged if verdict.requirement.area == area.code),
            "requirements": [_requirement(verdict) for verdict in judged if verdict.requirement.area == area.code],
        }
        for area in ledger.areas.values()
    ]
    return {
        "schema": SCHEMA,
        "ledger": LEDGER_PATH.as_posix(),
        "run": _run(evidence),
        "totals": totals(verdict.standing for verdict in judged),
        "delta": _delta(change) if change else None,
        "epics": [epic for epic in epics if epic["requirements"]],
        "without_defect": _without_defect(evidence, judged),
    }


def totals(standings: Iterable[Standing]) -> dict[str, int]:
    """How many requirements have each standing, best first, none left out."""
    counted = Counter(standings)
    return {standing.value: counted[standing] for standing in Standing}


def _run(evidence: Evidence) -> Document:
    steps = [step for scenario in evidence.scenarios for step in scenario.steps]
    outcomes = Counter(scenario.outcome for scenario in evidence.scenarios)
    run = evidence.run
    return {
        "started": datetime.fromtimestamp(run.started, UTC).isoformat(timespec="seconds"),
        "seconds": round(evidence.duration, 1),
        "target": run.target,
        "capabilities": list(run.capabilities),
        "versions": dict(run.versions),
        "sabotage": run.sabotage,
        "complete": evidence.complete,
        "partial": told(run.choice, evidence.left_out),
        "left_out": [{"feature": feature, "scenarios": count} for feature, count in evidence.left_out.items()],
        "exit_code": evidence.exit_code,
        "scenarios": len(evidence.scenarios),
        "outcomes": {name: outcomes[name] for name in ("passed", "failed", "broken", "skipped", "draft", "known_issue")},
        "steps": len(steps),
        "steps_not_reached": sum(step.verdict == "not_reached" for step in steps),
        "assertions": sum(step.assertions for step in steps),
    }


def _without_defect(evidence: Evidence, verdicts: Iterable[RequirementVerdict]) -> list[Document]:
    """The scenarios that passed, and that no defect has ever turned red at a step which verifies what it violates."""
    proving = {proof.scenario for verdict in verdicts for proof in verdict.proofs}
    passed = [scenario for scenario in evidence.scenarios if scenario.outcome == "passed"]
    return [{"scenario": scenario.name, "place": scenario.place} for scenario in passed if scenario.identity not in proving]


def _requirement(verdict: RequirementVerdict) -> Document:
    requirement = verdict.requirement
    waiver = requirement.waived
    return {
        "id": requirement.id,
        "title": requirement.title,
        "statement": requirement.statement,
        "source": requirement.source,
        "milestone": requirement.milestone,
        "priority": requirement.priority,
        "owner": requirement.owner,
        "line": requirement.line,
        "waived": {"reason": waiver.reason, "until": waiver.until.isoformat()} if waiver else None,
        "standing": verdict.standing.value,
        "suspect": verdict.suspect,
        "reasons": list(verdict.reasons),
        "exercised_by": verdict.exercised_by,
        "proofs": [{"defect": proof.defect, "step": proof.step, "scenario": proof.scenario} for proof in verdict.proofs],
        "claims": [_claim(claim) for claim in verdict.claims],
    }


def _claim(claim: Claim) -> Document:
    scenario = claim.scenario
    return {
        "scenario": scenario.name,
        "feature": scenario.feature,
        "rule": scenario.rule,
        "place": scenario.place,
        "outcome": scenario.outcome,
        "seconds": round(scenario.duration, 3),
        "counts": claim.counts,
        "why_not": claim.why_not,
        "sentences": [
            {"text": sentence.text, "place": f"{sentence.file}:{sentence.line}", "assertions": sentence.assertions} for sentence in claim.sentences
        ],
    }


def _delta(change: Delta) -> Document:
    kinds = {"regressed": change.regressed, "lost": change.lost, "fixed": change.fixed, "gained": change.gained}
    return {"headline": change.headline, **{kind: [_change(each) for each in changes] for kind, changes in kinds.items()}}


def _change(change: Change) -> Document:
    return {**asdict(change), "before": change.before.value, "after": change.after.value}
