"""Collecting a run's records in the process that controls it, and writing every report from them."""

from __future__ import annotations

import importlib
import os
import platform
import time
from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from _pytest.junitxml import xml_key

from support.evidence.allure_results import AllureResults
from support.evidence.failed import Failures
from support.evidence.ledger import ledger_below
from support.evidence.masking import Masking
from support.evidence.operations import unexercised
from support.evidence.places import evidence_path, results_path
from support.evidence.plain_reports import forget_the_host
from support.evidence.presence import WorkersPresent, chosen_by, present
from support.evidence.records import RunRecord, read_evidence
from support.evidence.reports import Sources, write_reports
from support.evidence.sharding import SHARDING, split_of
from support.evidence.writing import KEPT_IN, EvidenceFile, part_of
from support.problems import EXIT_CODE, Problems

VERSIONS = ("pytest", "pytest-bdd", "moto", "boto3", "fastapi", "SQLAlchemy")
"""The packages whose versions a report names."""

PAGE = "support.evidence.matrix.page"
"""What draws the page, and takes longer to load than everything else here."""

SCENARIO = ".feature::"
"""What the name of every scenario holds."""

CHOOSING = ("keyword", "markexpr", "lf", "deselect", "shard", "sabotage")
"""Options with which a run says nothing of what the suite leaves out."""


class Collector:
    """Keeps each scenario's record as it arrives; at the end of the run every report is written. A run without scenarios leaves nothing."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.root = config.rootpath
        self.sharding = config.stash.get(SHARDING, None)
        self.path = evidence_path(config)
        self.started = time.time()
        self.file: EvidenceFile | None = None
        self.failures: Failures | None = None
        self.told: list[str] = []
        self.chosen = tuple(map(Masking(self.root), chosen_by(config)))
        self.workers = WorkersPresent()
        config.pluginmanager.register(self.workers)
        self.whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not any(config.getoption(name, None) for name in CHOOSING)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Takes the record that came with a scenario's last report."""
        found = getattr(report, "evidence", None)
        if found is None:
            return
        self._open()
        if self.file is not None and found["line"]:
            self.file.keep(found["line"], found["files"])
        if self.failures is not None:
            self.failures.keep(found["left"])
        del report.evidence

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401 - xdist's own
        """Has a worker on this host keep its records itself: what need not travel costs nobody's time."""
        if node.gateway.spec.popen:
            node.workerinput[KEPT_IN] = (str(part_of(self.path)), str(results_path(self.config)))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self) -> None:
        """While workers collect, this process has nothing to do: what it will need is made now."""
        importlib.import_module(PAGE)
        _ = self.run

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Before the first scenario is handed out there is a place for its record."""
        if any(SCENARIO in name for name in ids):
            self._open()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Writes the reports; what cannot be written ends the run as a user's mistake."""
        if (junit := self.config.stash.get(xml_key, None)) is not None:
            forget_the_host(Path(junit.logfile))
        if self.file is None:
            return
        self.file.close(int(exitstatus), time.time(), self.workers.features or present(self.config))
        asked = self.whole and not session.exitstatus
        if self.config.option.no_reports and not asked:
            return
        evidence = read_evidence(self.file.path)
        if asked and (left_out := unexercised(evidence.scenarios)):
            self.told = [f"no scenario had this operation of the contract carried out: {operation}" for operation in left_out]
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if self.config.option.no_reports:
            return
        try:
            self.told += write_reports(self._sources(), evidence)
        except Problems as problems:
            self.told = problems.render().splitlines()
            session.exitstatus = EXIT_CODE

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Says in a line or two what the evidence shows and where it is."""
        if self.told:
            terminalreporter.section("requirements")
            for line in self.told:
                terminalreporter.write_line(line)

    @cached_property
    def run(self) -> RunRecord:
        """What runs here."""
        return RunRecord(
            started=round(self.started, 3),
            target=target_name(self.config),
            capabilities=_capabilities(self.config),
            versions={"Python": platform.python_version(), **{name: version(name) for name in VERSIONS}},
            sabotage=getattr(self.config.option, "sabotage", None) or "",
            shard=str(self.sharding.shard) if self.sharding else "",
            split=split_of(self.sharding.durations) if self.sharding else "",
            chosen=self.chosen,
        )

    def _open(self) -> None:
        """With the first scenario, and once."""
        if self.file is not None:
            return
        option = self.config.option
        self.file = EvidenceFile(self.path, self.run, results_path(self.config))
        self.failures = Failures(self.path)
        if not option.no_reports:
            results = AllureResults(results_path(self.config), ledger_below(self.root))
            if option.allure_report_dir is None:
                results.clear()
            results.describe(self.run)

    def _sources(self) -> Sources:
        option = self.config.option
        return Sources(
            root=self.root,
            evidence=(self.path,),
            against=Path(option.evidence_against).resolve() if option.evidence_against else None,
            folder=results_path(self.config),
            messages=Path(option.cucumber_messages).resolve() if option.cucumber_messages else None,
            environment=dict(os.environ),
        )


def target_name(config: pytest.Config) -> str:
    """The name of the target that `--target` chose."""
    return str(config.getoption("target", None) or "embedded")


def _capabilities(config: pytest.Config) -> tuple[str, ...]:
    if config.getoption("target", None) is None:
        return ()
    from support.settings import load_target  # a run of features without a target loads nothing that targets need

    try:
        return tuple(sorted(load_target(target_name(config)).capabilities))
    except Problems:
        return ()
