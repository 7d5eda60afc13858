"""Running the scenarios that claim a requirement against a platform in which exactly that requirement is broken."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from support.evidence.proofs import Proof
from support.evidence.records import Evidence, ScenarioRecord, StepRecord, read_evidence
from support.problems import Problems
from support.sabotage.registry import Defect

LONGEST_RUN = 300.0
"""Seconds after which one defect's run is ended: whatever it was, nobody noticed in time."""

NOBODY_CLAIMS = 5
"""pytest's exit code where nothing was selected."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One scenario that turned red: at which step, with which message, and whether that step verifies the broken requirement."""

    scenario: str
    place: str
    step: str
    text: str
    message: str
    verifies: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one defect. `trouble` says why it could not be judged; `silent` are the claiming scenarios that stayed green."""

    defect: Defect
    notices: tuple[Notice, ...]
    silent: tuple[str, ...]
    trouble: str
    seconds: float

    @property
    def detected(self) -> bool:
        """Whether a step that verifies the broken requirement turned red."""
        return not self.trouble and any(notice.verifies for notice in self.notices)

    def proofs(self) -> list[Proof]:
        """One for each scenario that noticed at a verifying step."""
        return [Proof(self.defect.requirement, self.defect.name, notice.scenario, notice.text) for notice in self.notices if notice.verifies]


def judge_all(root: Path, chosen: Sequence[Defect], workers: int, told: Callable[[Finding], None], options: Iterable[str] = ()) -> list[Finding]:
    """What becomes of each defect, in their order; `told` is called with each as soon as it is known.

    Every defect has a run of its own with a target of its own; `workers` of them go on at a time. `options` go to pytest.
    """

    def one(defect: Defect) -> Finding:
        finding = _run(root, defect, tuple(options))
        told(finding)
        return finding

    with ThreadPoolExecutor(max_workers=workers) as together:
        return list(together.map(one, chosen))


def _run(root: Path, defect: Defect, options: tuple[str, ...]) -> Finding:
    with tempfile.TemporaryDirectory(prefix="sabotage-") as folder:
        path = Path(folder) / "evidence.jsonl"
        arguments = [
            "-m",
            f"{defect.requirement} and not draft",
            "--sabotage",
            defect.name,
            "--evidence",
            str(path),
            "--no-reports",
            "-q",
            "-p",
            "no:cacheprovider",
        ]
        command = [sys.executable, "-m", "pytest", *arguments, *options]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=LONGEST_RUN, check=False)  # noqa: S603 - our own
        except subprocess.TimeoutExpired:
            return Finding(defect, (), (), f"nobody had noticed after {LONGEST_RUN:g} seconds", LONGEST_RUN)
        if done.returncode == NOBODY_CLAIMS:
            return Finding(defect, (), (), f"no scenario claims {defect.requirement}", 0.0)
        try:
            return finding_of(defect, read_evidence(path))
        except Problems:
            last = (done.stdout.strip() or done.stderr.strip()).splitlines()[-3:]
            return Finding(defect, (), (), f"the run did not get as far as a scenario: {' / '.join(last)}", 0.0)


def finding_of(defect: Defect, evidence: Evidence) -> Finding:
    """What a run under the defect shows."""
    claiming = [scenario for scenario in evidence.scenarios if defect.requirement in scenario.claims]
    red = [scenario for scenario in claiming if scenario.outcome in {"failed", "broken"}]
    silent = tuple(scenario.identity for scenario in claiming if scenario.outcome == "passed")
    return Finding(defect, tuple(_notice(defect, scenario) for scenario in red), silent, "", evidence.duration)


def _notice(defect: Defect, scenario: ScenarioRecord) -> Notice:
    step: StepRecord | None = scenario.failing_step
    message = scenario.reason.strip().partition("\n")[0]
    if step is None:
        return Notice(scenario.identity, scenario.place, "outside its steps", "", message, verifies=False)
    verifies = defect.requirement in step.verifies and step.verdict == "failed"
    return Notice(scenario.identity, f"{scenario.file}:{step.line}", f"{step.keyword} {step.text}", step.text, message, verifies)
