"""The pytest plugin that records evidence, enforces the guards, and has every report written at the end of the run.

Workers record, and make the text of each record's evidence and Allure files. Those on the host of whoever controls the run (the only process,
or xdist's controller) also write it down; what arrives from other hosts, the controller writes. So one run gives one set of reports however
many workers or hosts took part.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Generator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from _pytest.fixtures import FixtureRequest
from pytest_bdd.parser import Step

from support.evidence import guards
from support.evidence.allure_results import AllureFiles
from support.evidence.attachments import SINK, Collected
from support.evidence.failed import files_of, folder_of, folder_of_failures, sections
from support.evidence.junit import properties
from support.evidence.ledger import ledger_below
from support.evidence.masking import Masking
from support.evidence.places import evidence_path, wrong_places
from support.evidence.plain_reports import mask
from support.evidence.presence import hand_over
from support.evidence.quiet_allure import silence_containers
from support.evidence.recording import ScenarioTrace, said
from support.evidence.records import Attachment, Outcome, ScenarioRecord, encoded
from support.evidence.sharding import SHARDING, share_out
from support.evidence.writing import KEPT_IN, Place
from support.gherkin.collection import ScenarioItem
from support.problems import EXIT_CODE, Problem, Problems, shown

_PYTHON_NAME = re.compile(r"^[a-z_]\w*(?:\.\w+)+: ")

MASKING = pytest.StashKey[Masking]()
"""On the config: what masks every report; fixtures register the run's secrets with it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the reports."""
    group = parser.getgroup("evidence", "evidence and reports")
    group.addoption("--evidence", metavar="FILE", default=None, help="where this run's evidence goes (default: .acceptance/evidence.jsonl)")
    group.addoption("--evidence-against", metavar="FILE", default=None, help="earlier evidence: tell what was gained, lost, regressed and fixed")
    group.addoption("--shard", metavar="I/N", default=None, help="carry out the I-th of N parts of about the same duration")
    group.addoption("--durations-from", metavar="FILE", default=None, help="split by the durations in this evidence (default: that of the last run)")
    group.addoption("--cucumber-messages", metavar="FILE", default=None, help="also write Cucumber Messages (NDJSON), for Cucumber's own reports")
    group.addoption("--no-reports", action="store_true", default=False, help="keep the evidence only: no Allure results, matrix or summary")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Before anything begins: all that is wrong with the options of the reports is told, and the part that `--shard` names is known."""
    found: list[Problem] = []
    try:
        share_out(config)
    except Problems as wrong:
        found += wrong.problems
    if not hasattr(config, "workerinput"):
        found += wrong_places(config)
    if not found:
        return None
    sys.stderr.write(f"{Problems(found).render()}\n")
    return EXIT_CODE


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """A recorder in every process, a collector in the one that controls the run."""
    config.stash[MASKING] = Masking(config.rootpath)
    worker = getattr(config, "workerinput", None)
    if SHARDING in config.stash:
        config.pluginmanager.register(config.stash[SHARDING], "evidence-sharding")
    recorder = Recorder(config, worker["workerid"] if worker else None)
    config.pluginmanager.register(recorder, "evidence-recorder")
    silence_containers(config)
    if worker is None and not config.option.collectonly:
        from support.evidence.collecting import Collector  # what makes reports is not loaded by workers

        config.pluginmanager.register(Collector(config), "evidence-collector")


class Recorder:
    """Records the scenarios that run in this process."""

    def __init__(self, config: pytest.Config, worker: str | None) -> None:
        self.config = config
        self.root = config.rootpath.resolve()
        self.masking = config.stash[MASKING]
        self.worker = worker
        self.trace: ScenarioTrace | None = None
        self.reports: dict[str, pytest.TestReport] = {}
        self.collected = Collected(self.masking)
        self.begun = 0.0
        self.attempts: dict[str, int] = {}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self) -> Generator[None, object, object]:
        """Each scenario starts with nothing collected."""
        self.trace = None
        self.reports = {}
        self.collected = SINK.collected = Collected(self.masking)
        self.begun = time.perf_counter()
        result = yield
        self.trace = SINK.attach = SINK.collected = None
        return result

    @pytest.hookimpl(tryfirst=True)
    def pytest_bdd_before_scenario(self, request: FixtureRequest) -> None:
        """Opens the trace."""
        if isinstance(request.node, ScenarioItem):
            self.trace = ScenarioTrace(request.node, self.root, self.collected)
            SINK.attach = self.trace.attach

    @pytest.hookimpl(trylast=True)
    def pytest_bdd_before_step(self) -> None:
        """The next step begins."""
        if self.trace is not None:
            self.trace.begin_step()

    @pytest.hookimpl(tryfirst=True)
    def pytest_bdd_after_step(self, request: FixtureRequest, step: Step) -> None:
        """The step passed, unless it is a Then that asserted nothing."""
        if self.trace is None:
            return
        done = self.trace.end_step("passed", request.node.running.assertions)
        if step.type == "then" and not done.assertions:
            failure = guards.hollow(step.keyword.strip(), step.name)
            self.trace.fail_step("hollow", str(failure), 0)
            raise failure

    @pytest.hookimpl(tryfirst=True)
    def pytest_bdd_step_error(self, request: FixtureRequest, exception: BaseException) -> None:
        """The step failed or broke."""
        if self.trace is not None:
            verdict, message = said(exception)
            self.trace.fail_step(verdict, message, request.node.running.assertions)

    @pytest.hookimpl(trylast=True)
    def pytest_bdd_after_scenario(self) -> None:
        """All steps passed: what the scenario claims must have been verified by one of them."""
        trace = self.trace
        if trace is not None and trace.all_passed and (failure := guards.unproven(trace.claims, trace.verified())):
            raise failure

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """The last report of a scenario carries its record to whoever collects."""
        report = yield
        if not isinstance(item, ScenarioItem):
            return report
        self.reports[call.when] = report
        mask(report, self.masking)
        if report.failed and self.trace is not None:
            self.trace.attach_on_failure()
            folder = folder_of_failures(evidence_path(self.config)) / folder_of(item.location[0], item.line)
            report.sections.extend(sections(self._attachments(), shown(folder)))
        if call.when == "teardown":
            record = self._record(item)
            report.user_properties.extend(properties(record))
            line, files = encoded(record), self.files.of(record) if self.files else {}
            if self.place is not None:
                self.place.keep(line, files)
                line, files = b"", {}
            vars(report)["evidence"] = {
                "line": line,
                "files": files,
                "left": self._left_by(record) if record.outcome in {"failed", "broken"} else {},
            }
        return report

    def _left_by(self, record: ScenarioRecord) -> dict[str, str]:
        folder = folder_of(record.file, record.line)
        return {f"{folder}/{name}": text for name, text in files_of(self._attachments()).items()}

    def _attachments(self) -> list[Attachment]:
        trace = self.trace
        return [] if trace is None else [*trace.attachments, *(each for step in trace.steps for each in step.attachments)]

    def pytest_sessionfinish(self) -> None:
        """A worker says what there was to choose from."""
        hand_over(self.config)

    @cached_property
    def place(self) -> Place | None:
        """Where a worker keeps its records itself, if whom it works for is on the same host."""
        kept_in = getattr(self.config, "workerinput", {}).get(KEPT_IN)
        return Place(Path(kept_in[0]), Path(kept_in[1])) if kept_in else None

    @cached_property
    def files(self) -> AllureFiles | None:
        """What makes Allure's files; None where no reports are wanted."""
        if self.config.option.no_reports:
            return None
        return AllureFiles(ledger_below(self.config.rootpath))

    def _record(self, item: ScenarioItem) -> ScenarioRecord:
        trace = self.trace or ScenarioTrace(item, self.root, self.collected)
        self.attempts[item.nodeid] = attempt = self.attempts.get(item.nodeid, 0) + 1
        outcome, reason = outcome_of(self.reports, trace)
        return trace.record(outcome, reason, time.perf_counter() - self.begun, self.worker or "main", attempt)


def outcome_of(reports: dict[str, pytest.TestReport], trace: ScenarioTrace) -> tuple[Outcome, str]:
    """How the scenario ended, judged from its phases, and why: the first phase that did not pass counts."""
    for when in ("setup", "call", "teardown"):
        report = reports.get(when)
        if report is None or (report.passed and not hasattr(report, "wasxfail")):
            continue
        announced = getattr(report, "wasxfail", None)
        if report.skipped and announced is not None:
            known = any(tag.startswith("known_issue") for tag in trace.tags)
            return ("known_issue" if known else "draft"), str(announced)
        if report.skipped:
            return "skipped", _skip_reason(report)
        stopped = next((step for step in trace.steps if step.verdict in {"failed", "broken", "hollow"}), None)
        if stopped is not None:
            return ("broken" if stopped.verdict == "broken" else "failed"), stopped.message
        judged = when == "call" and trace.all_passed
        return ("failed" if judged else "broken"), _crash(report, when)
    return "passed", ""


def _skip_reason(report: pytest.TestReport) -> str:
    return str(report.longrepr[2]).removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else report.longreprtext


def _crash(report: pytest.TestReport, when: str) -> str:
    crash: Any = getattr(report.longrepr, "reprcrash", None)
    message = crash.message if crash else report.longreprtext.strip().rpartition("\n")[2]
    label = {"setup": "it could not be prepared: ", "call": "", "teardown": "it could not be ended: "}[when]
    plain = _PYTHON_NAME.sub("", str(message))
    return label + plain.replace("[XPASS(strict)]", "it passed, but is announced to fail:")
