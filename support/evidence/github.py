"""What GitHub shows of a run: annotations on the lines of the features, and the summary of the job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from support.evidence.delta import Change, Delta
from support.evidence.ledger import Ledger
from support.evidence.left_out import told
from support.evidence.records import Evidence, ScenarioRecord
from support.evidence.verdicts import RequirementVerdict, Standing

MOST_FAILURES = 50
"""GitHub shows no more annotations of one step, and cuts long summaries."""


def failure_annotations(evidence: Evidence) -> list[str]:
    """A workflow command for each scenario that failed, on the line of the step at which it stopped."""
    failed = [scenario for scenario in evidence.scenarios if scenario.outcome in {"failed", "broken"}]
    return [_annotation(scenario) for scenario in failed[:MOST_FAILURES]]


def _annotation(scenario: ScenarioRecord) -> str:
    step = scenario.failing_step
    line = step.line if step else scenario.line
    at = f"{step.keyword} {step.text}\n" if step else ""
    return f"::error file={_property(scenario.file)},line={line},title={_property(scenario.name)}::{_data(at + scenario.reason)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def summary(ledger: Ledger, evidence: Evidence, verdicts: Sequence[RequirementVerdict], change: Delta | None) -> str:
    """Markdown: what changed first, then the verdicts by epic, then each failure with the step at which it stopped."""
    return "\n".join(_summary(ledger, evidence, verdicts, change)) + "\n"


def _summary(ledger: Ledger, evidence: Evidence, verdicts: Sequence[RequirementVerdict], change: Delta | None) -> Iterator[str]:
    good = sum(verdict.standing.good for verdict in verdicts)
    title = change.headline if change else f"{good} of {len(verdicts)} requirements verified"
    yield f"## OptiInfra acceptance: {title}\n"
    if not evidence.complete:
        yield "> The run was cut off: this is what it had shown until then.\n"
    if partial := told(evidence.run.choice, evidence.left_out):
        yield f"> {partial}\n"
    if change:
        for name, changes in (("Regressed", change.regressed), ("Lost", change.lost), ("Fixed", change.fixed), ("Gained", change.gained)):
            yield from _changes(name, changes)
    standings = [standing for standing in Standing if any(verdict.standing == standing for verdict in verdicts)]
    yield f"| epic | {' | '.join(standings)} |\n| --- |{' ---: |' * len(standings)}"
    for area in ledger.areas.values():
        mine = [verdict.standing for verdict in verdicts if verdict.requirement.area == area.code]
        if mine:
            yield f"| {area.name} | {' | '.join(str(mine.count(standing) or '') for standing in standings)} |"
    failed = [scenario for scenario in evidence.scenarios if scenario.outcome in {"failed", "broken"}]
    if failed:
        yield "\n### Scenarios that failed\n"
    for scenario in failed[:MOST_FAILURES]:
        yield from _failure(scenario)
    if len(failed) > MOST_FAILURES:
        yield f"\nand {len(failed) - MOST_FAILURES} more."


def _changes(name: str, changes: Sequence[Change]) -> Iterator[str]:
    if changes:
        yield f"**{name}**\n"
        yield from (f"- {change.requirement} {change.title}: {change.before} → {change.after}" for change in changes)
        yield ""


def _failure(scenario: ScenarioRecord) -> Iterator[str]:
    step = scenario.failing_step
    line = step.line if step else scenario.line
    yield f"<details><summary>{_html(scenario.name)} (<code>{scenario.file}:{line}</code>)</summary>\n\n```"
    for each in scenario.steps:
        mark = {"passed": "  ", "not_reached": "- "}.get(each.verdict, "> ")
        yield f"{mark}{each.keyword} {each.text}"
    yield f"\n{scenario.reason}\n```\n</details>"


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
