"""Writing the evidence of a run that is going on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from support.evidence.left_out import Present
from support.evidence.records import SCHEMA, RunRecord, as_line


class EvidenceFile:
    """The evidence of a run that is going on: each record is on disk as soon as it arrives, in a file of the run's own beside `path`.

    That file takes its place when the run is closed, so that two runs at a time cannot mix; after a run that was cut off it is still there.
    """

    def __init__(self, path: Path, run: RunRecord) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._part = path.with_name(f"{path.name}.{os.getpid()}.part")
        self._stream = self._part.open("w", encoding="utf-8")
        self._write({"kind": "run", "schema": SCHEMA, **asdict(run)})
        self._started = run.started

    def add(self, line: str) -> None:
        """Keeps one scenario, given as `scenario_text` gives it."""
        self._stream.write(f"{line}\n")

    def close(self, exit_code: int, ended: float, present: Present) -> None:
        """Closes the run, which ended at this second of the epoch and had these features before it."""
        self._write({"kind": "end", "exit_code": exit_code, "duration": round(ended - self._started, 3), "present": present})
        self._stream.close()
        self._part.replace(self.path)

    def _write(self, values: Mapping[str, Any]) -> None:
        self.add(as_line(values))
