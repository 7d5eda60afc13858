"""What a run's evidence says about each requirement of the ledger. Never optimistic: what does not count is shown and counts for nothing."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from support.evidence.approvals import Approval, suspect_scenarios
from support.evidence.ledger import Ledger, Requirement
from support.evidence.proofs import Proof
from support.evidence.records import Evidence, ScenarioRecord, StepRecord, file_of


class Standing(StrEnum):
    """A requirement's verdict, best first."""

    PROVEN = "proven"
    VERIFIED = "verified"
    PARTLY = "partly"
    FAILED = "failed"
    EXERCISED = "exercised only"
    WAIVED = "waived"
    NOT_COVERED = "not covered"

    @property
    def good(self) -> bool:
        """Whether nothing is left to be done."""
        return self in {Standing.PROVEN, Standing.VERIFIED}


MEANING: Mapping[Standing, str] = {
    Standing.PROVEN: "Every scenario that claims it passed with evidence, and a defect that breaks it was noticed.",
    Standing.VERIFIED: "Every scenario that claims it passed, each with a step that checked it.",
    Standing.PARTLY: "Some scenarios passed with evidence; others did not count, or its wording changed since it was approved.",
    Standing.FAILED: "A scenario that claims it failed, a step that checks it failed, or its waiver has expired.",
    Standing.EXERCISED: "Steps touched it, but no scenario that claims it checked it.",
    Standing.WAIVED: "Not covered for a reason that was agreed, until a date.",
    Standing.NOT_COVERED: "No scenario counts for it.",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A step that is evidence for a requirement, and where it stands."""

    text: str
    file: str
    line: int
    assertions: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One scenario that claims a requirement. `counts` says whether it is evidence; `why_not` says what stands against it."""

    scenario: ScenarioRecord
    counts: bool
    why_not: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class RequirementVerdict:
    """A requirement with its standing and everything that led to it. `partial`: the run left out scenarios that claim it, or may have."""

    requirement: Requirement
    standing: Standing
    claims: tuple[Claim, ...]
    reasons: tuple[str, ...]
    proofs: tuple[Proof, ...]
    exercised_by: int
    suspect: bool
    partial: bool


def judge(
    ledger: Ledger,
    evidence: Evidence,
    proofs: Iterable[Proof] = (),
    approvals: Mapping[str, Approval] | None = None,
) -> tuple[RequirementVerdict, ...]:
    """A verdict for each requirement, in the order of the ledger. Waivers are judged as of the day of the run."""
    day = datetime.datetime.fromtimestamp(evidence.run.started, datetime.UTC).date()
    bench = _Bench(evidence, tuple(proofs), approvals or {}, day)
    return tuple(bench.verdict(requirement) for requirement in ledger.requirements.values())


class _Bench:
    """The evidence, indexed by requirement."""

    def __init__(self, evidence: Evidence, proofs: tuple[Proof, ...], approvals: Mapping[str, Approval], day: datetime.date) -> None:
        self.approvals = approvals
        self.day = day
        self.left_out = evidence.left_out
        self.claiming: dict[str, list[ScenarioRecord]] = defaultdict(list)
        self.failures: dict[str, list[str]] = defaultdict(list)
        self.touched: dict[str, int] = defaultdict(int)
        self.proofs: dict[str, list[Proof]] = defaultdict(list)
        attempts: dict[object, int] = defaultdict(int)
        for scenario in evidence.scenarios:
            attempts[scenario.key] += 1
            self._index(scenario)
        self.repeated = {key for key, times in attempts.items() if times > 1}
        for proof in proofs:
            self.proofs[proof.requirement].append(proof)

    def _index(self, scenario: ScenarioRecord) -> None:
        for claim in scenario.claims:
            self.claiming[claim].append(scenario)
        announced = scenario.outcome in {"draft", "known_issue"}
        for step in scenario.steps:
            if step.verdict in {"failed", "broken", "hollow"} and not announced:
                for requirement in step.verifies:
                    self.failures[requirement].append(f'"{step.keyword} {step.text}" failed ({scenario.file}:{step.line})')
            if step.verdict == "passed" and scenario.outcome == "passed":
                for requirement in {*step.verifies, *step.exercises}:
                    self.touched[requirement] += 1

    def verdict(self, requirement: Requirement) -> RequirementVerdict:
        claims = tuple(self._claim(requirement.id, scenario) for scenario in self.claiming[requirement.id])
        proofs = tuple(proof for proof in self.proofs[requirement.id] if _holds(proof, claims))
        suspects = set(suspect_scenarios(requirement, self.approvals))
        suspect = any(claim.scenario.identity in suspects for claim in claims)
        away = self._left_out(requirement, claims)
        standing, reasons = self._standing(requirement, claims, proofs, suspect, away)
        partial = bool(away) or bool(self.left_out and not claims)
        return RequirementVerdict(
            requirement, standing, claims, tuple(dict.fromkeys(reasons)), proofs, self.touched[requirement.id], suspect, partial
        )

    def _left_out(self, requirement: Requirement, claims: tuple[Claim, ...]) -> list[str]:
        """What a partial run did not show of the scenarios that were approved for the requirement."""
        approval = self.approvals.get(requirement.id)
        ran = {claim.scenario.identity for claim in claims}
        names = approval.scenarios if approval else ()
        count = sum(name not in ran and file_of(name) in self.left_out for name in names)
        return [f"left out of this run: {count} of {len(names)} scenarios"] if count else []

    def _standing(
        self, requirement: Requirement, claims: tuple[Claim, ...], proofs: tuple[Proof, ...], suspect: bool, away: list[str]
    ) -> tuple[Standing, list[str]]:
        waiver = requirement.waived
        against = [f"{claim.scenario.name}: {claim.why_not}" for claim in claims if not claim.counts] + away
        if waiver is not None and waiver.expired(self.day):
            return Standing.FAILED, [f"its waiver expired on {waiver.until.isoformat()}: {waiver.reason}", *against]
        red = any(claim.scenario.outcome in {"failed", "broken"} for claim in claims)
        if red or self.failures[requirement.id]:
            return Standing.FAILED, against or self.failures[requirement.id]
        if any(claim.counts for claim in claims):
            if suspect:
                return Standing.PARTLY, ["its wording changed after these scenarios were approved for it", *against]
            if against:
                return Standing.PARTLY, against
            return (Standing.PROVEN if proofs else Standing.VERIFIED), []
        if waiver is not None:
            return Standing.WAIVED, [f"until {waiver.until.isoformat()}: {waiver.reason}", *against]
        if self.touched[requirement.id]:
            return Standing.EXERCISED, [*against, "steps touched it, but no scenario that claims it checked it"]
        return Standing.NOT_COVERED, against or ["no scenario of this run claims it" + (", which left some out" if self.left_out else "")]

    def _claim(self, requirement: str, scenario: ScenarioRecord) -> Claim:
        sentences = tuple(_sentence(scenario, step) for step in scenario.steps if step.proves and requirement in step.verifies)
        why_not = self._against(scenario, sentences)
        return Claim(scenario, not why_not, why_not, sentences if not why_not else ())

    def _against(self, scenario: ScenarioRecord, sentences: tuple[Sentence, ...]) -> str:
        failing = scenario.failing_step
        match scenario.outcome:
            case "failed" | "broken":
                at = f' at "{failing.keyword} {failing.text}"' if failing else ""
                return f"{scenario.outcome}{at}: {_first_line(scenario.reason)}"
            case "skipped":
                return f"skipped: {_first_line(scenario.reason)}"
            case "draft":
                return "a draft, which counts for nothing"
            case "known_issue":
                return f"a known issue: {_first_line(scenario.reason)}"
        if scenario.key in self.repeated:
            return "it passed only among repeated attempts"
        return "" if sentences else "none of its steps verified it"


def _sentence(scenario: ScenarioRecord, step: StepRecord) -> Sentence:
    return Sentence(f"{step.keyword} {step.text}", scenario.file, step.line, step.assertions)


def _holds(proof: Proof, claims: tuple[Claim, ...]) -> bool:
    return any(
        claim.counts and claim.scenario.identity == proof.scenario and any(sentence.text.endswith(proof.step) for sentence in claim.sentences)
        for claim in claims
    )


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0] or "no reason was given"
