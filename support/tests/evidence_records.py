"""Evidence made by hand, for the tests of what is judged and reported from it."""

from __future__ import annotations

import datetime
from typing import Any

from support.evidence.ledger import Area, Ledger, Requirement, Waiver
from support.evidence.records import Evidence, RunRecord, ScenarioRecord, StepRecord

STARTED = 1_795_000_000.0
"""18 November 2026."""


def requirement(number: int, **different: Any) -> Requirement:  # noqa: ANN401 - any field
    """The requirement `REQ-SPT-<number>`."""
    values: dict[str, Any] = {
        "id": f"REQ-SPT-{number:03}",
        "title": f"Title {number}",
        "statement": f"Statement {number} must hold.",
        "source": "test",
        "milestone": 1,
        "priority": "medium",
        "owner": "product",
        "waived": None,
        "line": number,
    }
    return Requirement(**values | different)


def ledger(*requirements: Requirement) -> Ledger:
    """A ledger of one area."""
    return Ledger("features/requirements.toml", {"SPT": Area("SPT", "Spot migration", "spot_migration", 1)}, {each.id: each for each in requirements})


def step(text: str, **different: Any) -> StepRecord:  # noqa: ANN401 - any field
    """A Then that passed with one assertion."""
    values: dict[str, Any] = {
        "keyword": "Then",
        "kind": "Then",
        "text": text,
        "line": 7,
        "definition": "steps/fleets.py:3",
        "phrase": text,
        "parameters": {},
        "verifies": (),
        "exercises": (),
        "assertions": 1,
        "verdict": "passed",
        "message": "",
        "started": STARTED,
        "duration": 0.01,
        "attachments": (),
    }
    return StepRecord(**values | different)


def scenario(title: str, *claims: str, **different: Any) -> ScenarioRecord:  # noqa: ANN401 - any field
    """A scenario that passed, with one step that verifies what it claims."""
    values: dict[str, Any] = {
        "file": "features/spot_migration/rollout.feature",
        "line": 5,
        "feature": "Rollout",
        "feature_prose": "Prose.",
        "rule": "A rule must hold",
        "title": title,
        "prose": "",
        "tags": claims,
        "claims": claims,
        "row": {},
        "outcome": "passed",
        "reason": "",
        "started": STARTED,
        "duration": 0.5,
        "worker": "main",
        "attempt": 1,
        "steps": (step(f"{title} holds", verifies=claims),),
        "attachments": (),
    }
    return ScenarioRecord(**values | different)


def evidence(*scenarios: ScenarioRecord) -> Evidence:
    """A complete run of these."""
    return Evidence(RunRecord(STARTED), scenarios, complete=True, exit_code=0, duration=1.0)


def waiver(days: int) -> Waiver:
    """A waiver that ends so many days after the run."""
    day = datetime.datetime.fromtimestamp(STARTED, datetime.UTC).date()
    return Waiver("no such cloud yet", day + datetime.timedelta(days=days))
