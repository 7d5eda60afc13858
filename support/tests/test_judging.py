"""Defects are judged one after the other beside one world; who noticed the last time is asked first, and what is proved is kept at once."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema_rs import Draft202012Validator

from support.evidence.proofs import PROOF_PATH, Proof, read_proofs, write_proofs
from support.problems import Problems
from support.sabotage.commands import document
from support.sabotage.findings import Finding, Notice
from support.sabotage.judge import Order
from support.sabotage.judging import in_turn
from support.sabotage.keeping import Keeping, without_proof
from support.sabotage.registry import Defect, defect_named, defects
from support.sabotage.running import JudgeProcess, Judging

ROOT = Path(__file__).parents[2]
ONE, TWO = "REQ-SPT-001", "REQ-SPT-002"
DEFECT = Defect("wave-of-zero", ONE, "a wave of no nodes", "platform", lambda: None)
OTHER = replace(DEFECT, name="wave-of-one")
NOTICED = Notice("A", "a.feature:7", "Then it holds", "it holds", "it does not", verifies=True)


def proof(defect: str, scenario: str, requirement: str = ONE) -> Proof:
    return Proof(requirement, defect, scenario, "it holds")


def test_an_order_survives_its_line() -> None:
    order = Order("wave-of-zero", ONE, ("B", "A"), everybody=True)
    assert Order.read(order.line()) == order


def test_who_noticed_the_last_time_is_asked_first_and_a_slow_scenario_last() -> None:
    tags = {"A": (ONE,), "B": (ONE, "slow"), "C": (ONE,), "D": (TWO,), "E": (ONE,)}
    assert in_turn(Order("wave-of-zero", ONE, ("B", "E", "gone")), tags) == ["E", "A", "C", "B"]


def test_who_noticed_another_defect_of_the_requirement_is_asked_next() -> None:
    judging = Judging(ROOT, [DEFECT], [proof("wave-of-one", "A"), proof("wave-of-zero", "B"), proof("elsewhere", "C", TWO)])
    assert judging.order(DEFECT).first == ("B", "A")


@pytest.mark.parametrize(
    ("finding", "kept"),
    [
        (Finding(DEFECT, (NOTICED,), left_out=("B",)), ["A", "B"]),
        (Finding(DEFECT, (NOTICED,), silent=("B",)), ["A"]),
        (Finding(DEFECT, (replace(NOTICED, scenario="B", verifies=False),), left_out=("A",)), ["A"]),
        (Finding(DEFECT, trouble="it could not be judged"), []),
    ],
    ids=["one noticed and the other was left out", "the other stayed green", "the other broke elsewhere", "trouble"],
)
def test_a_proof_holds_until_its_scenario_runs_without_noticing(tmp_path: Path, finding: Finding, kept: list[str]) -> None:
    path = tmp_path / "proof.json"
    write_proofs(path, [proof("wave-of-zero", "A"), proof("wave-of-zero", "B")])
    Keeping(path, {DEFECT.name: DEFECT}).keep(finding, ["A", "B"])
    assert [each.scenario for each in read_proofs(path)] == kept


def test_proofs_of_other_defects_stay_and_those_of_what_is_gone_go(tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    stays = proof("wave-of-one", "A")
    write_proofs(path, [stays, proof("wave-of-one", "renamed"), proof("removed", "A"), proof("wave-of-one", "A", TWO)])
    known = {each.name: each for each in (DEFECT, OTHER)}
    Keeping(path, known, write=False).keep(Finding(DEFECT, (NOTICED,)), ["A"])
    assert len(read_proofs(path)) == 4
    keeping = Keeping(path, known)
    keeping.keep(Finding(DEFECT, (NOTICED,)), ["A"])
    assert read_proofs(path) == keeping.proofs == (stays, proof("wave-of-zero", "A"))


def test_a_scenario_without_a_proof_is_told() -> None:
    assert without_proof(["A", "B"], [proof("wave-of-zero", "A")]) == ["B"]


def test_findings_for_tools_keep_to_their_schema() -> None:
    schema = json.loads((ROOT / "support/sabotage/sabotage.schema.json").read_text(encoding="utf-8"))
    findings = [Finding(DEFECT, (NOTICED,), ("B",), ("C",), seconds=2.0), Finding(OTHER, trouble="its judge ended by itself")]
    told = document(findings, ["D"])
    Draft202012Validator(schema).validate(told)
    assert [(each["defect"], each["detected"]) for each in told["findings"]] == [("wave-of-zero", True), ("wave-of-one", False)]


@pytest.fixture(scope="module")
def judged() -> tuple[Judging, list[Finding]]:
    """Two defects, and what became of them."""
    judging = Judging(ROOT, [defect_named(name) for name in ("password-logged", "quick-hash")])
    return judging, list(judging.findings(1))


def test_defects_are_judged_one_after_the_other_in_one_session(judged: tuple[Judging, list[Finding]]) -> None:
    judging, findings = judged
    assert {finding.defect.name: (finding.detected, finding.trouble) for finding in findings} == {each.name: (True, "") for each in judging.defects}
    assert {claim for name in judging.relevant() for claim in judging.scenarios[name]} >= {each.requirement for each in judging.defects}
    for finding in findings:
        *before, last = finding.notices
        assert last.verifies
        assert not any(notice.verifies for notice in before)
        ran = {*finding.silent, *(notice.scenario for notice in finding.notices)}
        claiming = {name for name, claims in judging.scenarios.items() if finding.defect.requirement in claims}
        assert (ran | set(finding.left_out), ran & set(finding.left_out)) == (claiming, set())


def test_an_interrupted_judging_says_how_far_it_came_and_leaves_nothing_behind(tmp_path: Path) -> None:
    marked = {**os.environ, "TMPDIR": str(tmp_path)}  # the judge and its servers inherit it
    command = [sys.executable, "-m", "support.cli", "sabotage", "REQ-SEC-008", "--no-keep", "--workers", "1"]
    with subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, env=marked, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=_hearing_ctrl_c
    ) as running:
        assert running.stderr is not None
        first = running.stderr.readline()
        assert _processes(f"TMPDIR={tmp_path}")
        running.send_signal(signal.SIGINT)
        rest = running.stderr.read()
    assert first.startswith("[  1/3]")
    assert "interrupted: 1 of 3 defects were judged" in rest
    assert running.returncode == 130
    assert (_processes(f"TMPDIR={tmp_path}"), list(tmp_path.iterdir())) == ([], [])


def _hearing_ctrl_c() -> None:
    """Also where the tests run in the background of a shell, whose programs do not hear it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _processes(marked: str) -> list[str]:
    """The processes with this in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if marked.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def test_every_defect_was_noticed_and_every_scenario_has_noticed_one(judged: tuple[Judging, list[Finding]]) -> None:
    proofs = read_proofs(ROOT / PROOF_PATH)
    remedy = "ask `acceptance sabotage --all` with their requirements, and keep what it proves"
    assert {proof.defect for proof in proofs} == set(defects()), remedy
    assert without_proof(judged[0].scenarios, proofs) == [], remedy


LOOK = """
import sys
import pytest
class Look:
    def pytest_runtest_logfinish(self):
        from support.rooms import ROOM  # once pytest has rewritten what it must
        self.kept = [item for item in self.session.items if ROOM in item.stash]
    def pytest_sessionstart(self, session):
        self.session = session
look = Look()
code = pytest.main(["-q", "--no-reports", "-p", "no:cacheprovider", *sys.argv[1:]], plugins=[look])
sys.exit(code or len(look.kept))
"""


def test_a_scenario_that_has_ended_lets_go_of_what_it_had(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LOOK, f"--evidence={tmp_path / 'evidence.jsonl'}", "features/security/passwords.feature"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert done.returncode == 0, done.stdout


def test_scenarios_that_cannot_be_collected_are_told_with_what_pytest_says() -> None:
    with pytest.raises(Problems, match="no-such-option"):
        list(Judging(ROOT, [DEFECT], options=["--no-such-option"]).findings(2))


def test_a_defect_whose_judge_dies_is_told_and_not_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JudgeProcess, "ask", lambda judge, _order: judge.end())
    (finding,) = Judging(ROOT, [defect_named("quick-hash")]).findings(1)
    assert not finding.detected
    assert finding.trouble.startswith("its judge ended by itself")


def keep_worldless(judge: JudgeProcess) -> None:
    """Takes away each world that the judge starts, and whoever would start it, until the judge gives up."""
    while judge._process.poll() is None:
        for child in children(judge._process.pid):
            for process in (*children(child), child):
                with contextlib.suppress(OSError):  # it has ended meanwhile
                    if b"support.world" in Path(f"/proc/{process}/cmdline").read_bytes():
                        os.kill(process, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            judge._process.wait(0.02)


def children(pid: int) -> list[int]:
    """The processes that this one has started; none where it has ended."""
    found = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in listed.read_text(encoding="ascii").split()]
    return found


def test_the_next_defect_gets_another_judge_when_a_target_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    given, asked = JudgeProcess.ask, list[JudgeProcess]()

    def ask_without_a_world(judge: JudgeProcess, order: Order) -> None:
        if not asked:
            threading.Thread(target=keep_worldless, args=(judge,), daemon=True).start()
        asked.append(judge)
        given(judge, order)

    monkeypatch.setattr(JudgeProcess, "ask", ask_without_a_world)
    findings = list(Judging(ROOT, [defect_named(name) for name in ("password-logged", "quick-hash")]).findings(1))
    assert [finding.detected for finding in findings] == [False, True], findings
    assert asked[0] is not asked[1]
