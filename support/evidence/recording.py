"""Recording one scenario while it runs: what each step did, and what was never reached."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from pytest_bdd.parser import Scenario, Step

from support.evidence.attachments import Collected
from support.evidence.records import Attachment, Outcome, ScenarioRecord, StepRecord, Verdict, identity_of
from support.gherkin import StepDefinition, definition_of
from support.gherkin.collection import ScenarioItem
from support.gherkin.placeholders import filled
from support.problems import shown

_EXPLANATION = re.compile(r"\n(?:assert |  \+  where ).*", re.DOTALL)
NOT_REACHED: Verdict = "not_reached"


@dataclass(slots=True)
class StepTrace:
    """A step of the running scenario; `started` is in seconds of the epoch, `duration` in seconds."""

    step: Step
    definition: StepDefinition | None
    verdict: Verdict = NOT_REACHED
    assertions: int = 0
    message: str = ""
    started: float = 0.0
    duration: float = 0.0
    begun: float = 0.0
    attachments: list[Attachment] = field(default_factory=list)

    def verifies(self, claims: tuple[str, ...]) -> tuple[str, ...]:
        """What it is evidence for: what its definition names, else, of a Then, what the scenario claims."""
        if self.definition is not None and self.definition.verifies:
            return self.definition.verifies
        return claims if self.step.type == "then" else ()


class ScenarioTrace:
    """The running scenario, written down as it goes."""

    def __init__(self, item: ScenarioItem, root: Path, collected: Collected) -> None:
        self.scenario: Scenario = item.scenario
        self.feature = self.scenario.feature
        self.line = item.line
        self.row: Mapping[str, str] = dict(item.row.values) if item.row else {}
        self.root = root
        self.collected = collected
        self.started = time.time()
        self.tags = tuple(sorted(item.tags))
        self.claims = claims_of(self.tags)
        self.steps = [StepTrace(step, definition_of(step)) for step in self.scenario.steps]
        self.attachments: list[Attachment] = []
        self.current: StepTrace | None = None
        self._next = 0

    @property
    def all_passed(self) -> bool:
        """Whether every step was reached and passed."""
        return all(step.verdict == "passed" for step in self.steps)

    def begin_step(self) -> None:
        """The next step begins."""
        self.current = step = self.steps[self._next]
        self._next += 1
        step.started = time.time()
        step.begun = time.perf_counter()

    def end_step(self, verdict: Verdict, assertions: int, message: str = "") -> StepTrace:
        """The current step ends so; what is attached afterwards still belongs to it."""
        step = self.current or self.steps[-1]
        step.duration = time.perf_counter() - step.begun
        step.verdict = verdict
        step.assertions = assertions
        step.message = message
        return step

    def fail_step(self, verdict: Verdict, message: str, assertions: int) -> None:
        """The current step ends the scenario; every provider of evidence is asked."""
        self.end_step(verdict, assertions, message)
        self.attach_on_failure()

    def attach(self, name: str, content: object, media_type: str) -> None:
        """Keeps an attachment with the current step, before the first step with the scenario."""
        kept = self.collected.attachment(name, content, media_type)
        (self.current.attachments if self.current else self.attachments).append(kept)

    def attach_on_failure(self) -> None:
        """Asks every provider, now that the scenario has failed."""
        (self.current.attachments if self.current else self.attachments).extend(self.collected.on_failure())

    def verified(self) -> set[str]:
        """The requirements for which a passed step is evidence."""
        proving = (step for step in self.steps if step.verdict == "passed" and step.assertions)
        return {requirement for step in proving for requirement in step.verifies(self.claims)}

    def record(self, outcome: Outcome, reason: str, duration: float, worker: str, attempt: int) -> ScenarioRecord:
        """The finished record; `duration` is in seconds."""
        masking = self.collected.masking
        return ScenarioRecord(
            file=_relative(self.feature.filename, self.root),
            line=self.line,
            feature=self.feature.name or "",
            feature_prose=_prose(self.feature.description),
            rule=self.scenario.rule.name if self.scenario.rule else "",
            title=self.scenario.name,
            prose=_prose(self.scenario.description),
            tags=self.tags,
            claims=self.claims,
            row=self.row,
            outcome=outcome,
            reason=masking(reason),
            started=round(self.started, 3),
            duration=round(duration, 6),
            worker=worker,
            attempt=attempt,
            steps=tuple([self._step(step) for step in self.steps]),
            attachments=tuple(self.attachments),
            operations=tuple(sorted(self.collected.operations)),
        )

    def _step(self, trace: StepTrace) -> StepRecord:
        step, definition = trace.step, trace.definition
        claims = self.claims
        verifies = trace.verifies(claims)
        return StepRecord(
            keyword=step.keyword.strip(),
            kind=_KINDS[step.type],
            text=step.name,
            line=step.line_number,
            definition=_place(definition, self.root) if definition else "",
            phrase=definition.phrase if definition else "",
            parameters=_parameters(step, definition),
            verifies=verifies,
            exercises=() if claims == verifies else tuple([claim for claim in claims if claim not in verifies]),
            assertions=trace.assertions,
            verdict=trace.verdict,
            message=self.collected.masking(trace.message) if trace.message else "",
            started=round(trace.started, 6),
            duration=round(trace.duration, 6),
            attachments=tuple(trace.attachments),
            table=tuple(tuple(str(cell) for cell in row) for row in step.datatable.raw()) if step.datatable else (),
            docstring=step.docstring or "",
        )


def identity_of_item(item: pytest.Item) -> str:
    """The identity that the item's record will have; empty for what is no scenario."""
    if not isinstance(item, ScenarioItem):
        return ""
    template, row = item.planned.template, item.row.values if item.row else {}
    return identity_of(item.location[0], template.rule.name if template.rule else "", filled(template.name, row), row)


def claims_of(tags: Iterable[str]) -> tuple[str, ...]:
    """The requirement ids among the tags."""
    return tuple(tag for tag in tags if tag.startswith("REQ-"))


def said(exception: BaseException) -> tuple[Verdict, str]:
    """The verdict on a step that raised this, and what to tell a reader: an assertion's message without its Python."""
    if isinstance(exception, AssertionError):
        message = _EXPLANATION.sub("", str(exception)).strip()
        return "failed", message or "an assertion did not hold"
    text = str(exception).strip()
    return "broken", f"{_words(type(exception).__name__)}: {text}" if text else _words(type(exception).__name__)


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def _parameters(step: Step, definition: StepDefinition | None) -> dict[str, str]:
    values = getattr(step, "values", ())
    if definition is None or not values:
        return {}
    return {name.replace("_", " "): str(value) for name, value in zip(definition.value_names, values, strict=False)}


_KINDS = {"given": "Given", "when": "When", "then": "Then"}


@cache
def _place(definition: StepDefinition, root: Path) -> str:
    return f"{_relative(definition.path, root)}:{definition.line}"


_RELATIVE: dict[tuple[str, Path], str] = {}


def _relative(path: str, root: Path) -> str:
    known = _RELATIVE.get((path, root))
    if known is None:
        resolved = Path(path).resolve()
        known = resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else shown(resolved)
        _RELATIVE[path, root] = known
    return known


def _prose(description: str | None) -> str:
    return "\n".join(line.strip() for line in (description or "").strip().splitlines())
