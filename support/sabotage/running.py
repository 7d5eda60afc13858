"""Judging many defects: some judges side by side, each with a world of its own, take one defect after the other."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.evidence.proofs import Proof
from support.evidence.records import scenario_from
from support.problems import Problem, Problems
from support.sabotage.findings import Finding, finding_of
from support.sabotage.judge import Order
from support.sabotage.registry import Defect

LONGEST = 300.0
"""Seconds after which the judging of one defect is given up: whatever it was, nobody noticed in time."""

FIRST_ANSWER = 60.0
"""Seconds within which a judge has collected the scenarios."""

END_SECONDS = 30.0

LAST_LINES = 12
"""How much of what pytest said is told when a judge ends by itself."""


class Gone(Exception):
    """The judge's process has ended, or did not answer in time; the message says which."""


class JudgeProcess:
    """A judge as a process, in a session of its own so that an interrupt reaches only us. It ends when its input does, or when it is ended."""

    def __init__(self, root: Path, options: Sequence[str] = ()) -> None:
        self._log = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by `end`
        self._process = subprocess.Popen(  # noqa: S603 - our own
            [sys.executable, "-m", "support.sabotage.judge", *options],
            cwd=root,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            start_new_session=True,
        )
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="judge-answers", daemon=True).start()

    def answer(self, within: float) -> dict[str, Any]:
        """Its next answer; raises Gone."""
        try:
            line = self._answers.get(timeout=within)
        except queue.Empty:
            raise Gone(f"nobody had noticed after {within:g} seconds") from None
        if not line:
            raise Gone(f"its judge ended by itself: {' / '.join(self.said()[-3:])}")
        return dict(json.loads(line))

    def ask(self, order: Order) -> None:
        """Gives it something to judge; a judge that is gone says so with its answer."""
        stream = self._process.stdin
        assert stream is not None
        try:
            stream.write(f"{order.line()}\n")
            stream.flush()
        except BrokenPipeError:
            return

    def said(self) -> list[str]:
        """The last lines that pytest said; none once it was ended."""
        if self._log.closed:
            return []
        self._log.seek(0)
        return [line for line in self._log.read().splitlines() if line.strip()][-LAST_LINES:]

    def end(self) -> None:
        """Ends it with its servers and whatever they wrote; by force if it does not listen."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            if stream is not None:
                stream.close()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        try:
            for line in stream:
                self._answers.put(line)
        except ValueError:
            pass  # closed while it was read: it has been ended
        self._answers.put("")


@dataclass
class Judging:
    """The judging of some defects. `scenarios` is every scenario with what it claims, known once the first finding is there."""

    root: Path
    defects: Sequence[Defect]
    proofs: Sequence[Proof] = ()
    everybody: bool = False
    options: Sequence[str] = ()
    scenarios: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def findings(self, workers: int) -> Iterator[Finding]:
        """What becomes of each defect, as soon as it is known; `workers` of them are judged at a time.

        Leaving it early ends every judge. Raises `Problems` where the scenarios cannot even be collected.
        """
        waiting = deque(self._ordered())
        told: queue.SimpleQueue[Finding | Problems] = queue.SimpleQueue()
        bench = [_Worker(self, waiting, told) for _ in range(min(workers, len(waiting)))]
        for worker in bench:
            worker.start()
        try:
            for _ in range(len(self.defects)):
                found = told.get()
                if isinstance(found, Problems):
                    raise found
                yield found
        finally:
            waiting.clear()
            for worker in bench:
                worker.end()

    def relevant(self) -> list[str]:
        """The scenarios that claim a requirement which one of the defects violates."""
        violated = {defect.requirement for defect in self.defects}
        return [name for name, claims in self.scenarios.items() if violated.intersection(claims)]

    def order(self, defect: Defect) -> Order:
        """Who noticed the defect the last time is asked first, then who noticed another of the same requirement."""
        same = [proof.scenario for proof in self.proofs if proof.defect == defect.name]
        near = [proof.scenario for proof in self.proofs if proof.requirement == defect.requirement]
        return Order(defect.name, defect.requirement, tuple(dict.fromkeys([*same, *near])), self.everybody)

    def _ordered(self) -> list[Defect]:
        """Those of the world last: each of them needs a world of its own."""
        return sorted(self.defects, key=lambda defect: defect.place == "world")


class _Worker(threading.Thread):
    """Takes defects until none is left, with one judge after the other: usually with one."""

    def __init__(self, judging: Judging, waiting: deque[Defect], told: queue.SimpleQueue[Finding | Problems]) -> None:
        super().__init__(name="judging", daemon=True)
        self._judging = judging
        self._waiting = waiting
        self._told = told
        self._judge: JudgeProcess | None = None
        self._ending = False

    def run(self) -> None:
        """Puts what becomes of each defect where it is told."""
        while self._waiting and not self._ending:
            try:
                judge = self._judge or self._appointed()
            except Gone as gone:
                said = self._judge.said() if self._judge else []
                self._told.put(Problems([Problem("sabotage", 0, "", f"the scenarios cannot be judged: {gone}", "\n  " + "\n  ".join(said))]))
                return
            try:
                defect = self._waiting.popleft()
            except IndexError:
                return
            self._told.put(self._judged(judge, defect))

    def end(self) -> None:
        """Ends its judge."""
        self._ending = True
        if self._judge is not None:
            self._judge.end()
            self._judge = None

    def _appointed(self) -> JudgeProcess:
        self._judge = JudgeProcess(self._judging.root, self._judging.options)
        self._judging.scenarios = self._judge.answer(FIRST_ANSWER)["scenarios"]
        return self._judge

    def _judged(self, judge: JudgeProcess, defect: Defect) -> Finding:
        begun = time.monotonic()
        judge.ask(self._judging.order(defect))
        try:
            answer = judge.answer(LONGEST)
        except Gone as gone:
            self._dismiss(judge)
            return Finding(defect, trouble=str(gone), seconds=time.monotonic() - begun)
        if answer["last"]:
            self._dismiss(judge)
        records = [scenario_from(values) for values in answer["records"]]
        if not records:
            return Finding(defect, trouble=f"no scenario claims {defect.requirement}")
        return finding_of(defect, records, answer["left_out"], time.monotonic() - begun)

    def _dismiss(self, judge: JudgeProcess) -> None:
        judge.end()
        self._judge = None
