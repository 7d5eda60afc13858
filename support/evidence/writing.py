"""Writing down what was recorded while a run is going on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from support.evidence.left_out import Present
from support.evidence.records import EndRecord, RunRecord, encoded

KEPT_IN = "evidence_kept_in"
"""Among what a worker on the same host is told: the file and the folder of its records."""


def part_of(path: Path) -> Path:
    """The file beside `path` to which the run that this process controls adds its records."""
    return path.with_name(f"{path.name}.{os.getpid()}.part")


class Place:
    """Where the records of a run and Allure's files are kept: by all the run's processes on one host, as each line is written whole."""

    def __init__(self, part: Path, results: Path) -> None:
        self._stream = part.open("ab", buffering=0)
        self._results = results

    def keep(self, line: bytes, files: Mapping[str, bytes]) -> None:
        """Keeps one record, encoded, and the files of its result by name."""
        self._stream.write(line + b"\n")
        for name, content in files.items():
            with open(f"{self._results}/{name}", "wb", buffering=0) as stream:  # noqa: PTH123 - ten thousand of them: as directly as possible
                stream.write(content)

    def close(self) -> None:
        """Nothing more is added by this process."""
        self._stream.close()


class EvidenceFile:
    """The evidence of a run that is going on: each record is on disk as soon as it arrives, in a file of the run's own beside `path`.

    That file takes its place when the run is closed, so that two runs at a time cannot mix; after a run that was cut off it is still there.
    """

    def __init__(self, path: Path, run: RunRecord, results: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._part = part_of(path)
        self._part.unlink(missing_ok=True)
        self._place = Place(self._part, results)
        self._started = run.started
        self.keep(encoded(run))

    def keep(self, line: bytes, files: Mapping[str, bytes] | None = None) -> None:
        """Keeps one record, encoded, and the files of its result."""
        self._place.keep(line, files or {})

    def close(self, exit_code: int, ended: float, present: Present) -> None:
        """Closes the run, which ended at this second of the epoch and had these features before it."""
        self.keep(encoded(EndRecord(exit_code, round(ended - self._started, 3), present)))
        self._place.close()
        self._part.replace(self.path)
