"""What became of a defect: which scenarios noticed it, at which step, with which message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from support.evidence.proofs import Proof
from support.evidence.records import ScenarioRecord
from support.sabotage.registry import Defect


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
    """What became of one defect. `trouble` says why it could not be judged; `seconds` is how long the judging took.

    `silent` are the claiming scenarios that stayed green, `left_out` those that were not run because another one had noticed.
    """

    defect: Defect
    notices: tuple[Notice, ...] = ()
    silent: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    trouble: str = ""
    seconds: float = 0.0

    @property
    def detected(self) -> bool:
        """Whether a step that verifies the broken requirement turned red."""
        return not self.trouble and any(notice.verifies for notice in self.notices)

    def proofs(self) -> list[Proof]:
        """One for each scenario that noticed at a verifying step."""
        return [Proof(self.defect.requirement, self.defect.name, notice.scenario, notice.text) for notice in self.notices if notice.verifies]


def finding_of(defect: Defect, scenarios: Sequence[ScenarioRecord], left_out: Sequence[str] = (), seconds: float = 0.0) -> Finding:
    """What these scenarios show, which ran under the defect."""
    notices = tuple(notice for scenario in scenarios if (notice := notice_of(defect.requirement, scenario)))
    silent = tuple(scenario.identity for scenario in scenarios if scenario.outcome == "passed")
    return Finding(defect, notices, silent, tuple(left_out), "", seconds)


def notice_of(requirement: str, scenario: ScenarioRecord) -> Notice | None:
    """At which step the scenario turned red; None where it did not, or does not claim the requirement."""
    if requirement not in scenario.claims or scenario.outcome not in {"failed", "broken"}:
        return None
    message = scenario.reason.strip().partition("\n")[0]
    step = scenario.failing_step
    if step is None:
        return Notice(scenario.identity, scenario.place, "outside its steps", "", message, verifies=False)
    verifies = requirement in step.verifies and step.verdict == "failed"
    return Notice(scenario.identity, f"{scenario.file}:{step.line}", f"{step.keyword} {step.text}", step.text, message, verifies)
