"""Suspect links: a requirement whose statement changed after its scenarios were approved for it.

`features/approvals.toml` holds, for each approved requirement, the fingerprint of its statement and the scenarios that were found to say it.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from support.evidence.ledger import Ledger, Requirement
from support.evidence.records import ScenarioRecord
from support.problems import Problem, Problems, shown

APPROVALS_PATH = Path("features/approvals.toml")
"""Where the approvals are kept, from the root of the repository."""

_HEAD = """# Which scenarios were approved for which wording of a requirement. Written by `acceptance approve`; a requirement whose
# statement has another fingerprint now is suspect: read its scenarios again, mend them, approve.
"""


@dataclass(frozen=True, slots=True)
class Approval:
    """The wording that was approved, by fingerprint, and the identities of the scenarios that were approved for it."""

    statement: str
    scenarios: tuple[str, ...]


def fingerprint(requirement: Requirement) -> str:
    """The same for two statements that differ in white space only."""
    return hashlib.sha256(" ".join(requirement.statement.split()).encode()).hexdigest()[:16]


def read_approvals(path: Path) -> dict[str, Approval]:
    """Every approval by requirement id, none where there is no file; raises `Problems` for a file that is none of ours."""
    if not path.is_file():
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: Approval(str(table["statement"]), tuple(table["scenarios"])) for name, table in tables.items()}
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as refused:
        raise Problems([Problem(shown(path), 0, "", f"this is no file of approvals ({refused})", "restore it from version control")]) from refused


def suspect_scenarios(requirement: Requirement, approvals: Mapping[str, Approval]) -> tuple[str, ...]:
    """The scenarios that were approved for another wording of the requirement."""
    approval = approvals.get(requirement.id)
    return () if approval is None or approval.statement == fingerprint(requirement) else approval.scenarios


def approve(ledger: Ledger, scenarios: Iterable[ScenarioRecord], approvals: Mapping[str, Approval], ids: Iterable[str]) -> dict[str, Approval]:
    """The approvals with these requirements approved as they read now, for the scenarios that claim them now."""
    claiming: dict[str, set[str]] = {}
    for scenario in scenarios:
        for claim in scenario.claims:
            claiming.setdefault(claim, set()).add(scenario.identity)
    approved = dict(approvals)
    for name in ids:
        if name in claiming and name in ledger.requirements:
            approved[name] = Approval(fingerprint(ledger.requirements[name]), tuple(sorted(claiming[name])))
    return approved


def write_approvals(path: Path, approvals: Mapping[str, Approval]) -> None:
    """Replaces the file, sorted by requirement."""
    blocks = (
        "\n".join([f"[{name}]", f"statement = {json.dumps(approval.statement)}", "scenarios = [", *_entries(approval), "]", ""])
        for name, approval in sorted(approvals.items())
    )
    path.write_text(_HEAD + "\n" + "\n".join(blocks), encoding="utf-8")


def _entries(approval: Approval) -> Iterable[str]:
    return (f"  {json.dumps(scenario, ensure_ascii=False)}," for scenario in approval.scenarios)
