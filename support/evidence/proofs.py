"""Proofs: which named defect was noticed by which sentence. Written by `acceptance sabotage`, read by the verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from support.problems import Problem, Problems, shown

PROOF_PATH = Path("support/sabotage/proof.json")
"""Where the proofs are kept, from the root of the repository."""


@dataclass(frozen=True, slots=True, order=True)
class Proof:
    """One sentence that turned red under a defect which violates exactly this requirement.

    `scenario` is a scenario's identity; `step` the text of the step that noticed. A proof holds as long as that scenario passes with that step.
    """

    requirement: str
    defect: str
    scenario: str
    step: str


def read_proofs(path: Path) -> tuple[Proof, ...]:
    """Every proof of the file, none where there is no file; raises `Problems` for a file that is none of ours."""
    if not path.is_file():
        return ()
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return tuple(sorted(Proof(**{each.name: value[each.name] for each in fields(Proof)}) for value in values["proofs"]))
    except (ValueError, KeyError, TypeError) as refused:
        raise Problems(
            [Problem(shown(path), 0, "", f"this is no file of proofs ({refused})", "write it anew with `acceptance sabotage`")]
        ) from refused


def write_proofs(path: Path, proofs: Iterable[Proof]) -> None:
    """Replaces the file by these proofs, at once and sorted, so that it is never half written and changes only where they do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {"proofs": [asdict(proof) for proof in sorted(set(proofs))]}
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)
