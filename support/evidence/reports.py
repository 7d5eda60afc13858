"""Every report of a run, made from its evidence alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from support.evidence.approvals import APPROVALS_PATH, read_approvals
from support.evidence.delta import Delta, delta
from support.evidence.github import failure_annotations, summary
from support.evidence.ledger import Ledger, ledger_below
from support.evidence.left_out import told
from support.evidence.matrix import FORMATS, matrix_document, render
from support.evidence.proofs import PROOF_PATH, read_proofs
from support.evidence.records import Evidence, read_evidence
from support.evidence.verdicts import RequirementVerdict, Standing, judge
from support.problems import shown

MATRIX_NAME = "matrix.html"
"""The matrix in the folder of results."""


@dataclass(frozen=True)
class Sources:
    """What the reports are made from, and where they go. Paths are absolute; `against` is earlier evidence, `messages` where Cucumber Messages go."""

    root: Path
    evidence: tuple[Path, ...]
    against: Path | None = None
    folder: Path | None = None
    messages: Path | None = None
    environment: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Judged:
    """A run with its verdicts."""

    ledger: Ledger
    evidence: Evidence
    verdicts: tuple[RequirementVerdict, ...]
    change: Delta | None

    def matrix(self, form: str) -> str:
        """The matrix in one of `FORMATS`."""
        return render(matrix_document(self.ledger, self.evidence, self.verdicts, self.change), form)

    def count(self, *standings: Standing) -> int:
        """How many requirements have one of these standings."""
        return sum(verdict.standing in standings for verdict in self.verdicts)


def judged(sources: Sources, evidence: Evidence | None = None) -> Judged:
    """The verdicts on the evidence, read from its files unless it is given; raises `Problems` where evidence, ledger, proofs or approvals
    cannot be read."""
    ledger = ledger_below(sources.root)
    evidence = evidence or read_evidence(*sources.evidence)
    proofs = read_proofs(sources.root / PROOF_PATH)
    approvals = read_approvals(sources.root / APPROVALS_PATH)
    verdicts = judge(ledger, evidence, proofs, approvals)
    earlier = judge(ledger, read_evidence(sources.against), proofs, approvals) if sources.against else None
    return Judged(ledger, evidence, verdicts, delta(earlier, verdicts) if earlier is not None else None)


def write_reports(sources: Sources, evidence: Evidence | None = None) -> list[str]:
    """Writes the matrix, and what else was asked for; returns the lines that the terminal shows. Reads the evidence unless it is given."""
    run = judged(sources, evidence)
    lines = [headline(run)]
    if partial := told(run.evidence.run.choice, run.evidence.left_out):
        lines.append(partial)
    if run.change is not None:
        lines.append(f"against {shown(sources.against or sources.root)}: {run.change.headline}")
    if sources.folder is not None:
        page = sources.folder / MATRIX_NAME
        page.write_text(run.matrix("html"), encoding="utf-8")
        lines.append(f"matrix: {shown(page)}")
    if sources.messages is not None:
        from support.evidence.messages import write_messages  # most runs want none

        write_messages(sources.messages, run.evidence, sources.root)
        lines.append(f"Cucumber Messages: {shown(sources.messages)}")
    environment = sources.environment or {}
    if target := environment.get("GITHUB_STEP_SUMMARY"):
        with Path(target).open("a", encoding="utf-8") as stream:
            stream.write(summary(run.ledger, run.evidence, run.verdicts, run.change))
    if environment.get("GITHUB_ACTIONS") == "true":
        lines += failure_annotations(run.evidence)
    return lines


def headline(run: Judged) -> str:
    """One line: how many requirements stand how."""
    told = [f"{run.count(standing)} {standing.value}" for standing in Standing if run.count(standing)]
    return f"{len(run.verdicts)} requirements: {', '.join(told)}" if told else "no ledger, so no verdicts"


__all__ = ["FORMATS", "Judged", "Sources", "headline", "judged", "write_reports"]
