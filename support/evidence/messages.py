"""Cucumber Messages (NDJSON) made from evidence: what Cucumber's own reports read.

Documents and pickles come from the official parser, so that their ids fit; the results come from the records.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gherkin.stream.gherkin_events import GherkinEvents

from support.evidence.records import Attachment, Evidence, ScenarioRecord, StepRecord, Verdict

PROTOCOL = "32.0.0"
"""The version of the messages' schema that is written."""

Envelope = dict[str, Any]

_STATUS: Mapping[Verdict, str] = {
    "passed": "PASSED",
    "failed": "FAILED",
    "broken": "FAILED",
    "hollow": "FAILED",
    "skipped": "SKIPPED",
    "not_reached": "SKIPPED",
}


def write_messages(path: Path, evidence: Evidence, root: Path) -> None:
    """Writes one message a line; scenarios whose feature file is gone are left out."""
    with path.open("w", encoding="utf-8") as stream:
        for envelope in envelopes(evidence, root):
            stream.write(json.dumps(envelope, ensure_ascii=False, separators=(",", ":")) + "\n")


def envelopes(evidence: Evidence, root: Path) -> Iterator[Envelope]:
    """Every message of the run, in the order that the protocol asks for."""
    yield {"meta": _meta()}
    pickles: dict[tuple[str, int], Envelope] = {}
    reader = GherkinEvents(GherkinEvents.Options(print_source=True, print_ast=True, print_pickles=True))
    for file in dict.fromkeys(scenario.file for scenario in evidence.scenarios):
        if (root / file).is_file():
            yield from _document(reader, root, file, pickles)
    definitions = _definitions(evidence)
    yield from (_definition(step, identifier) for step, identifier in definitions.values())
    yield {"testRunStarted": {"id": "run", "timestamp": _timestamp(evidence.run.started)}}
    known = [(scenario, pickles[scenario.file, scenario.line]) for scenario in evidence.scenarios if (scenario.file, scenario.line) in pickles]
    for number, (scenario, pickle) in enumerate(known):
        yield from _case(f"case-{number}", scenario, pickle, {place: identifier for place, (_, identifier) in definitions.items()})
    ended = evidence.run.started + evidence.duration
    yield {"testRunFinished": {"testRunStartedId": "run", "success": evidence.exit_code == 0, "timestamp": _timestamp(ended)}}


def _meta() -> Envelope:
    return {
        "protocolVersion": PROTOCOL,
        "implementation": {"name": "optiinfra-acceptance", "version": version("pytest-bdd")},
        "runtime": {"name": platform.python_implementation(), "version": platform.python_version()},
        "os": {"name": platform.system()},
        "cpu": {"name": platform.machine()},
    }


def _document(reader: GherkinEvents, root: Path, file: str, pickles: dict[tuple[str, int], Envelope]) -> Iterator[Envelope]:
    source: Any = {"source": {"uri": file, "data": (root / file).read_text(encoding="utf-8"), "mediaType": "text/x.cucumber.gherkin+plain"}}
    lines: dict[str, int] = {}
    for event in reader.enum(source):
        envelope: Envelope = dict(event)
        if "gherkinDocument" in envelope:
            lines = dict(_lines(envelope["gherkinDocument"]))
        if pickle := envelope.get("pickle"):
            pickles[file, lines[pickle["astNodeIds"][-1]]] = pickle
        yield envelope


def _lines(node: object) -> Iterator[tuple[str, int]]:
    """The line of every node that has an id."""
    if isinstance(node, dict):
        if "id" in node and "location" in node:
            yield node["id"], node["location"]["line"]
        for child in node.values():
            yield from _lines(child)
    elif isinstance(node, list):
        for child in node:
            yield from _lines(child)


def _definitions(evidence: Evidence) -> dict[str, tuple[StepRecord, str]]:
    """One step of each definition, and the id that the definition gets."""
    found: dict[str, tuple[StepRecord, str]] = {}
    for scenario in evidence.scenarios:
        for step in scenario.steps:
            if step.definition and step.definition not in found:
                found[step.definition] = (step, f"definition-{len(found)}")
    return found


def _definition(step: StepRecord, identifier: str) -> Envelope:
    file, _, line = step.definition.rpartition(":")
    return {
        "stepDefinition": {
            "id": identifier,
            "pattern": {"source": step.phrase, "type": "CUCUMBER_EXPRESSION"},
            "sourceReference": {"uri": file, "location": {"line": int(line)}},
        }
    }


def _case(case: str, scenario: ScenarioRecord, pickle: Envelope, definitions: Mapping[str, str]) -> Iterator[Envelope]:
    started = f"{case}-started"
    steps = list(zip(scenario.steps, pickle["steps"], strict=False))
    yield {
        "testCase": {
            "id": case,
            "pickleId": pickle["id"],
            "testRunStartedId": "run",
            "testSteps": [_test_step(f"{case}-{number}", step, part["id"], definitions) for number, (step, part) in enumerate(steps)],
        }
    }
    yield {
        "testCaseStarted": {
            "id": started,
            "testCaseId": case,
            "attempt": scenario.attempt - 1,
            "workerId": scenario.worker,
            "timestamp": _timestamp(scenario.started),
        }
    }
    yield from (_attachment(attachment, started, None) for attachment in scenario.attachments)
    for number, (step, _) in enumerate(steps):
        yield from _step(started, f"{case}-{number}", scenario, step)
    yield {
        "testCaseFinished": {
            "testCaseStartedId": started,
            "timestamp": _timestamp(scenario.started + scenario.duration),
            "willBeRetried": False,
        }
    }


def _test_step(identifier: str, step: StepRecord, pickle_step: str, definitions: Mapping[str, str]) -> Envelope:
    arguments = [{"group": {"children": [], "value": value, **_start(step.text, value)}} for value in step.parameters.values()]
    return {
        "id": identifier,
        "pickleStepId": pickle_step,
        "stepDefinitionIds": [definitions[step.definition]] if step.definition else [],
        "stepMatchArgumentsLists": [{"stepMatchArguments": arguments}] if step.definition else [],
    }


def _start(text: str, value: str) -> Envelope:
    start = text.find(value)
    return {"start": start} if start >= 0 else {}


def _step(started: str, identifier: str, scenario: ScenarioRecord, step: StepRecord) -> Iterator[Envelope]:
    begun = step.started or scenario.started
    whose = {"testCaseStartedId": started, "testStepId": identifier}
    yield {"testStepStarted": {**whose, "timestamp": _timestamp(begun)}}
    yield from (_attachment(attachment, started, identifier) for attachment in step.attachments)
    result: Envelope = {"status": _STATUS[step.verdict], "duration": _duration(step.duration)}
    if step.message:
        result["message"] = step.message
        result["exception"] = {"type": "AssertionError" if step.verdict in {"failed", "hollow"} else "Error", "message": step.message}
    yield {"testStepFinished": {**whose, "testStepResult": result, "timestamp": _timestamp(begun + step.duration)}}


def _attachment(attachment: Attachment, started: str, step: str | None) -> Envelope:
    where = {"testStepId": step} if step else {}
    body = {"body": attachment.text, "contentEncoding": "IDENTITY", "mediaType": attachment.media_type, "fileName": attachment.name}
    return {"attachment": {"testCaseStartedId": started, **where, **body}}


def _timestamp(seconds: float) -> Envelope:
    return _duration(seconds)


def _duration(seconds: float) -> Envelope:
    whole = int(seconds)
    return {"seconds": whole, "nanos": round((seconds - whole) * 1e9) % 1_000_000_000}
