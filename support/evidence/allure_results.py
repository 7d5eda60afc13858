"""Allure results made from evidence records: what a product owner reads, nothing of Python, nothing of the machine."""

from __future__ import annotations

import csv
import hashlib
import json
import uuid
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

from support.evidence.ledger import PRIORITIES, Ledger
from support.evidence.records import Attachment, Outcome, RunRecord, ScenarioRecord, StepRecord, Verdict, encoded

RESULTS_PATH = Path("allure-results")
"""Where a run writes, from the root of the repository, unless `--alluredir` says otherwise."""

_STATUS: dict[Outcome, str] = {
    "passed": "passed",
    "failed": "failed",
    "broken": "broken",
    "skipped": "skipped",
    "draft": "skipped",
    "known_issue": "skipped",
}
_STEP_STATUS: dict[Verdict, str] = {
    "passed": "passed",
    "failed": "failed",
    "hollow": "failed",
    "broken": "broken",
    "skipped": "skipped",
    "not_reached": "skipped",
}
_SEVERITY = dict(zip(PRIORITIES, ("blocker", "critical", "normal", "minor"), strict=True))
_EXTENSION = {"text/plain": "txt", "application/json": "json", "text/html": "html", "text/csv": "csv", "image/svg+xml": "svg", "text/markdown": "md"}
_OURS = ("*-result.json", "*-container.json", "*-attachment.*", "categories.json", "environment.properties")
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "optiinfra-acceptance")

CATEGORIES = [
    {"name": "Steps that asserted nothing", "matchedStatuses": ["failed"], "messageRegex": "(?s).*ran no assertion.*"},
    {"name": "Claims without evidence", "matchedStatuses": ["failed"], "messageRegex": "(?s).*none of its steps verified.*"},
    {"name": "The product does not do what it must", "matchedStatuses": ["failed"]},
    {"name": "The target or the suite broke", "matchedStatuses": ["broken"]},
    {"name": "Drafts", "matchedStatuses": ["skipped"], "messageRegex": "(?s)draft: .*"},
    {"name": "Known issues", "matchedStatuses": ["skipped"], "messageRegex": "(?s)known issue: .*"},
    {"name": "Not asked of this target", "matchedStatuses": ["skipped"]},
]


class AllureResults:
    """Writes a run's results; the same evidence gives the same files, in whatever order it arrives."""

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self.folder = folder
        self.files = AllureFiles(ledger)
        folder.mkdir(parents=True, exist_ok=True)

    def clear(self) -> None:
        """Removes what an earlier run wrote here, and nothing else."""
        for pattern in _OURS:
            for path in self.folder.glob(pattern):
                path.unlink(missing_ok=True)

    def describe(self, run: RunRecord) -> None:
        """Writes the environment page and the categories."""
        environment = {"Target": run.target, "Capabilities": ", ".join(run.capabilities) or "none declared", **run.versions}
        if run.sabotage:
            environment["Sabotage"] = run.sabotage
        lines = "".join(f"{name.replace(' ', '_')}={value}\n" for name, value in environment.items())
        (self.folder / "environment.properties").write_text(lines, encoding="utf-8")
        (self.folder / "categories.json").write_text(json.dumps(CATEGORIES, indent=1), encoding="utf-8")

    def write(self, record: ScenarioRecord) -> None:
        """Writes one scenario's result and its attachments."""
        for name, content in self.files.of(record).items():
            (self.folder / name).write_bytes(content)


class AllureFiles:
    """Makes the files of a scenario's result, by name; writes nothing."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def of(self, record: ScenarioRecord) -> dict[str, bytes]:
        """The result and its attachments."""
        identifier = str(uuid.uuid5(_NAMESPACE, f"{record.identity}#{record.attempt}"))
        files: dict[str, bytes] = {}
        result = self._result(record, identifier, files)
        files[f"{identifier}-result.json"] = encoded(result)
        return files

    def _result(self, record: ScenarioRecord, identifier: str, files: dict[str, bytes]) -> dict[str, Any]:
        epic = self.ledger.epic_title(record.epic)
        started = round(record.started * 1000)
        result: dict[str, Any] = {
            "uuid": identifier,
            "name": record.name,
            "fullName": f"{record.file} > {record.title}",
            "titlePath": [part for part in (epic, record.feature, record.rule) if part],
            "historyId": _digest(record.identity),
            "testCaseId": _digest(record.file, record.rule, record.title if not record.row else str(record.line)),
            "status": _STATUS[record.outcome],
            "stage": "finished",
            "description": self._description(record),
            "start": started,
            "stop": started + round(record.duration * 1000),
            "labels": list(self._labels(record, epic)),
            "links": [_link(self.ledger, claim) for claim in record.claims],
            "parameters": [{"name": name, "value": value} for name, value in record.row.items()],
            "steps": [self._step(record, step, f"{identifier}-{number}", files) for number, step in enumerate(record.steps)],
            "attachments": _attached(record.attachments, identifier, files),
        }
        if record.reason:
            announced = {"draft": "draft: ", "known_issue": "known issue: "}.get(record.outcome, "")
            result["statusDetails"] = {"message": announced + record.reason, "trace": _told(record)}
        return result

    def _description(self, record: ScenarioRecord) -> str:
        known = [self.ledger.requirements[claim] for claim in record.claims if claim in self.ledger.requirements]
        parts = [
            record.prose,
            f"**Rule:** {record.rule}" if record.rule else "",
            *(f"**{requirement.id} {requirement.title}:** {requirement.statement}" for requirement in known),
            record.feature_prose,
            f"`{record.place}`",
        ]
        return "\n\n".join(part for part in parts if part)

    def _labels(self, record: ScenarioRecord, epic: str) -> Iterable[dict[str, str]]:
        known = [self.ledger.requirements[claim] for claim in record.claims if claim in self.ledger.requirements]
        heaviest = min((PRIORITIES.index(requirement.priority) for requirement in known), default=PRIORITIES.index("medium"))
        single = {
            "epic": epic,
            "feature": record.feature,
            "story": record.rule,
            "parentSuite": epic,
            "suite": record.feature,
            "subSuite": record.rule,
            "severity": _SEVERITY[PRIORITIES[heaviest]],
            "thread": record.worker,
            "framework": "pytest-bdd",
            "language": "gherkin",
        }
        yield from ({"name": name, "value": value} for name, value in single.items() if value)
        yield from ({"name": "requirement", "value": _titled(self.ledger, claim)} for claim in record.claims)
        yield from ({"name": "owner", "value": owner} for owner in sorted({requirement.owner for requirement in known}))
        yield from ({"name": "tag", "value": tag} for tag in record.tags)

    def _step(self, record: ScenarioRecord, step: StepRecord, identifier: str, files: dict[str, bytes]) -> dict[str, Any]:
        started = round((step.started or record.started) * 1000)
        verifies = ", ".join(step.verifies)
        parameters = {**step.parameters, "verifies": verifies, "exercises": ", ".join(step.exercises), "assertions": str(step.assertions or "")}
        verified = f"  [{verifies}]" if verifies else ""
        written = [Attachment("table", "text/csv", _csv(step.table))] if step.table else []
        if step.docstring:
            written.append(Attachment("text", "text/plain", step.docstring))
        values: dict[str, Any] = {
            "name": f"{step.keyword} {step.text}{verified}",
            "status": _STEP_STATUS[step.verdict],
            "stage": "finished",
            "start": started,
            "stop": started + round(step.duration * 1000),
            "parameters": [{"name": name, "value": value} for name, value in parameters.items() if value],
            "attachments": _attached([*written, *step.attachments], identifier, files) if written or step.attachments else [],
        }
        if step.message or step.verdict == "not_reached":
            values["statusDetails"] = {"message": step.message or "not reached"}
        return values


def _attached(attachments: Iterable[Attachment], identifier: str, files: dict[str, bytes]) -> list[dict[str, str]]:
    found = []
    for number, attachment in enumerate(attachments):
        source = f"{identifier}-{number}-attachment.{_EXTENSION.get(attachment.media_type, 'txt')}"
        files[source] = attachment.text.encode()
        found.append({"name": attachment.name, "source": source, "type": attachment.media_type})
    return found


def _told(record: ScenarioRecord) -> str:
    """The scenario as it ran, the step at which it stopped marked."""
    mark = {"passed": "  ", "not_reached": "   ", "skipped": "   "}
    return "\n".join(f"{mark.get(step.verdict, '>>').strip() or ' ':>2} {step.keyword} {step.text}" for step in record.steps) + f"\n\n{record.place}"


def _titled(ledger: Ledger, claim: str) -> str:
    known = ledger.requirements.get(claim)
    return f"{claim} {known.title}" if known else claim


def _link(ledger: Ledger, claim: str) -> dict[str, str]:
    return {"type": "tms", "name": _titled(ledger, claim), "url": f"matrix.html#{claim}"}


def _csv(table: tuple[tuple[str, ...], ...]) -> str:
    written = StringIO()
    csv.writer(written, lineterminator="\n").writerows(table)
    return written.getvalue().rstrip("\n")


def _digest(*parts: str) -> str:
    return hashlib.md5("\n".join(parts).encode(), usedforsecurity=False).hexdigest()
