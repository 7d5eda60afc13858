"""Keeping what was proved: each finding as soon as it is there, so that an interrupted judging loses nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from support.evidence.proofs import Proof, read_proofs, write_proofs
from support.sabotage.findings import Finding
from support.sabotage.registry import Defect


class Keeping:
    """The proofs in a file, corrected by one finding after the other. With `write` off the file stays as it is."""

    def __init__(self, path: Path, known: Mapping[str, Defect], *, write: bool = True) -> None:
        self.path = path
        self._known = known
        self._write = write
        self.proofs = read_proofs(path)

    def keep(self, finding: Finding, scenarios: Collection[str]) -> None:
        """Takes what the finding proves. What it disproves goes, and so does what speaks of defects or scenarios that are no more.

        A scenario that was not run under the defect keeps its earlier proof, unless the defect could not be judged at all.
        """
        ran = {*finding.silent, *(notice.scenario for notice in finding.notices)}
        others = [proof for proof in self.proofs if proof.scenario in scenarios and self._holds(proof, finding, ran)]
        self.proofs = tuple(sorted({*others, *finding.proofs()}))
        if self._write:
            write_proofs(self.path, self.proofs)

    def _holds(self, proof: Proof, finding: Finding, ran: Collection[str]) -> bool:
        defect = self._known.get(proof.defect)
        if defect is None or defect.requirement != proof.requirement:
            return False
        return proof.defect != finding.defect.name or not (finding.trouble or proof.scenario in ran)


def without_proof(scenarios: Iterable[str], proofs: Iterable[Proof]) -> list[str]:
    """The scenarios that have not noticed a single defect at a step that verifies what it violates."""
    proving = {proof.scenario for proof in proofs}
    return [scenario for scenario in scenarios if scenario not in proving]
