"""Writing the evidence of a run that is going on."""

from __future__ import annotations

import os
from pathlib import Path

from support.evidence.left_out import Present
from support.evidence.records import EndRecord, RunRecord, encoded


class EvidenceFile:
    """The evidence of a run that is going on: each record is on disk as soon as it arrives, in a file of the run's own beside `path`.

    That file takes its place when the run is closed, so that two runs at a time cannot mix; after a run that was cut off it is still there.
    """

    def __init__(self, path: Path, run: RunRecord) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._part = path.with_name(f"{path.name}.{os.getpid()}.part")
        self._stream = self._part.open("wb")
        self.add(encoded(run))
        self._started = run.started

    def add(self, line: bytes) -> None:
        """Keeps one record, encoded."""
        self._stream.write(line)
        self._stream.write(b"\n")

    def close(self, exit_code: int, ended: float, present: Present) -> None:
        """Closes the run, which ended at this second of the epoch and had these features before it."""
        self.add(encoded(EndRecord(exit_code, round(ended - self._started, 3), present)))
        self._stream.close()
        self._part.replace(self.path)
