"""Evidence: what each scenario of a run did, step by step. Every report is made from these records and from nothing else.

A run is kept as JSON lines, described by `evidence.schema.json`: `run` says what ran, a `scenario` follows for each execution of one, `end`
closes the run; without that line it was cut off.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from support.evidence.left_out import Present, left_out, merged
from support.evidence.shards import incomplete
from support.problems import Problem, Problems, shown

SCHEMA = "optiinfra-evidence/1"
"""The version of the records' form; a reader refuses any other."""

EVIDENCE_PATH = Path(".acceptance/evidence.jsonl")
"""Where the last run's evidence is kept, from the root of the repository."""

Verdict = Literal["passed", "failed", "broken", "skipped", "hollow", "not_reached"]
"""Of a step: `failed` by an assertion, `broken` by anything else that was raised, `hollow` a Then that ran no assertion."""

Outcome = Literal["passed", "failed", "broken", "skipped", "draft", "known_issue"]
"""Of a scenario: `draft` and `known_issue` failed as they were announced to."""


class Attachment(msgspec.Struct, frozen=True, gc=False):
    """Something to look at when a step failed: text, with secrets masked and cut to the budget."""

    name: str
    media_type: str
    text: str


class StepRecord(msgspec.Struct, frozen=True, gc=False):
    """One step of one execution. `keyword` is as written (`And`), `kind` is what it stands for; `duration` is in seconds.

    `definition` is file and line of the code behind the phrase; `verifies` and `exercises` are requirement ids; `assertions` counts the
    assertions that ran in it and held.
    """

    keyword: str
    kind: str
    text: str
    line: int
    definition: str
    phrase: str
    parameters: Mapping[str, str]
    verifies: tuple[str, ...]
    exercises: tuple[str, ...]
    assertions: int
    verdict: Verdict
    message: str
    started: float
    duration: float
    attachments: tuple[Attachment, ...]
    table: tuple[tuple[str, ...], ...] = ()
    docstring: str = ""

    @property
    def proves(self) -> bool:
        """Whether it is evidence for what it verifies: it passed, and at least one assertion ran."""
        return self.verdict == "passed" and self.assertions > 0 and bool(self.verifies)


class ScenarioRecord(msgspec.Struct, frozen=True, gc=False, tag_field="kind", tag="scenario"):
    """One execution of a scenario, or of one row of an outline.

    `claims` are the requirement ids on it, on its rule and on its feature. `started` is in seconds of the epoch, `duration` in seconds.
    `attempt` is 1, and more where a run repeated it. `operations` are those of the platform that it had carried out, as `GET /customers/{}`.
    """

    file: str
    line: int
    feature: str
    feature_prose: str
    rule: str
    title: str
    prose: str
    tags: tuple[str, ...]
    claims: tuple[str, ...]
    row: Mapping[str, str]
    outcome: Outcome
    reason: str
    started: float
    duration: float
    worker: str
    attempt: int
    steps: tuple[StepRecord, ...]
    attachments: tuple[Attachment, ...]
    operations: tuple[str, ...] = ()

    @property
    def epic(self) -> str:
        """The folder of its feature file."""
        return Path(self.file).parent.name

    @property
    def place(self) -> str:
        """File and line, as an editor and pytest take it."""
        return f"{self.file}:{self.line}"

    @property
    def key(self) -> tuple[str, int, tuple[tuple[str, str], ...]]:
        """What tells it from every other scenario of the same run, and sorts it into the order of the files."""
        return (self.file, self.line, tuple(self.row.items()))

    @property
    def identity(self) -> str:
        """What it is called as long as nobody renames it, wherever it stands in its file."""
        return identity_of(self.file, self.rule, self.title, self.row)

    @property
    def name(self) -> str:
        """Its title, with the values of its row where the title does not already say them."""
        silent = [value for value in self.row.values() if value not in self.title]
        return f"{self.title} ({', '.join(silent)})" if silent else self.title

    @property
    def failing_step(self) -> StepRecord | None:
        """The step at which it stopped, if it stopped at one."""
        return next((step for step in self.steps if step.verdict in {"failed", "broken", "hollow"}), None)


class RunRecord(msgspec.Struct, frozen=True, gc=False, tag_field="kind", tag="run"):
    """What ran: the target with its declared capabilities, versions of what was involved, `started` in seconds of the epoch.

    `shard` is `2/4` where it was the second part of four; parts of one run have the same `split`. `chosen` is what else chose among the
    scenarios, as on the command line.
    """

    started: float
    target: str = "embedded"
    capabilities: tuple[str, ...] = ()
    versions: Mapping[str, str] = msgspec.field(default_factory=dict)
    sabotage: str = ""
    shard: str = ""
    split: str = ""
    chosen: tuple[str, ...] = ()
    schema: str = SCHEMA

    @property
    def choice(self) -> tuple[str, ...]:
        """All that chose among the scenarios, as on the command line."""
        return (*self.chosen, f"--shard {self.shard}") if self.shard else self.chosen


class EndRecord(msgspec.Struct, frozen=True, gc=False, tag_field="kind", tag="end"):
    """How the run ended, after so many seconds, and how many scenarios each feature has: more than ran, where only some were chosen."""

    exit_code: int
    duration: float
    present: Present = msgspec.field(default_factory=dict)


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """A whole run, its scenarios in the order of the files whatever order they ran in.

    `left_out` says of each feature how many of its scenarios did not run, None where the feature was not even read.
    """

    run: RunRecord
    scenarios: tuple[ScenarioRecord, ...]
    complete: bool
    exit_code: int
    duration: float
    left_out: Present = msgspec.field(default_factory=dict)


encoded = msgspec.json.Encoder().encode
"""Values, or a record, as the line of a file has them."""


def as_line(values: object) -> str:
    """The same as text."""
    return encoded(values).decode()


def identity_of(file: str, rule: str, title: str, row: Mapping[str, str]) -> str:
    """What a scenario, or a row of an outline, is called as long as nobody renames it."""
    values = ", ".join(f"{name}={value}" for name, value in row.items())
    return " / ".join(part for part in (file, rule, title, values) if part)


def file_of(identity: str) -> str:
    """The feature file of the scenario that is called so."""
    return identity.partition(" / ")[0]


def scenario_from(values: Mapping[str, Any]) -> ScenarioRecord:
    """The record that has these values, as they stand in JSON."""
    return msgspec.convert(values, ScenarioRecord)


_LINE = msgspec.json.Decoder(RunRecord | ScenarioRecord | EndRecord)


def read_evidence(*paths: Path) -> Evidence:
    """One run's evidence, or that of all its shards as one run; raises `Problems` for files that cannot be read or do not belong together."""
    problems: list[Problem] = []
    runs: list[RunRecord] = []
    ends: list[EndRecord] = []
    scenarios: list[ScenarioRecord] = []
    for path in paths:
        if not path.is_file():
            problems.append(Problem(shown(path), 0, "", "there is no evidence of a run here", "run pytest first, or name the file of another run"))
            continue
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    _collect(_LINE.decode(line), runs, scenarios, ends)
                except ValueError as refused:
                    what = f"this is no evidence record ({refused})"
                    problems.append(Problem(shown(path), number, "", what, f"the form is {SCHEMA}; run pytest anew"))
    problems += incomplete(runs) if len(paths) > 1 else []
    if problems or not runs:
        raise Problems(problems or [Problem(shown(paths[0]), 0, "", "the evidence does not say what ran", "run pytest anew")])
    first = min(runs, key=lambda run: run.started)
    return Evidence(
        run=replace(first, shard="") if len(paths) > 1 else first,
        scenarios=tuple(sorted(scenarios, key=lambda record: (record.key, record.attempt))),
        complete=len(ends) == len(paths),
        exit_code=max((end.exit_code for end in ends), default=2),
        duration=max((end.duration for end in ends), default=0.0),
        left_out=left_out(merged(end.present for end in ends), scenarios),
    )


def _collect(record: RunRecord | ScenarioRecord | EndRecord, runs: list[RunRecord], scenarios: list[ScenarioRecord], ends: list[EndRecord]) -> None:
    match record:
        case ScenarioRecord():
            scenarios.append(record)
        case EndRecord():
            ends.append(record)
        case RunRecord():
            if record.schema != SCHEMA:
                raise ValueError(f"its form is {record.schema}")
            runs.append(record)
