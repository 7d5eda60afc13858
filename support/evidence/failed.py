"""What a failed scenario leaves on disk: a folder of its own with a file for each attachment, one path away from its failure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from support.evidence.records import Attachment

TIMELINE = "timeline"
SHOWN_EVENTS = 6
Section = tuple[str, str]


def folder_of_failures(evidence: Path) -> Path:
    """Beside the evidence of the run."""
    return evidence.with_name(f"{evidence.stem}-failed")


def folder_of(scenario: str, line: int) -> str:
    """The scenario's own, by its file and line: `rollback-killed_platform-23`."""
    parts = Path(scenario).with_suffix("").parts
    return f"{'-'.join(parts[1:] or parts)}-{line}"


def files_of(attachments: Iterable[Attachment]) -> Mapping[str, str]:
    """The texts by the names of their files; of two with one name the later."""
    return {f"{re.sub(r'[^a-z0-9]+', '-', attachment.name.lower()).strip('-')}.txt": attachment.text for attachment in attachments}


def sections(attachments: Iterable[Attachment], folder: str) -> list[Section]:
    """What the terminal tells below a failure: the last events, and where everything else is."""
    files = files_of(attachments)
    if not files:
        return []
    timeline = files.get(f"{TIMELINE}.txt", "").splitlines()[-SHOWN_EVENTS:]
    events = [("the last events", "\n".join(timeline))] if timeline else []
    return [*events, ("where to look", f"{folder}: {', '.join(files)}")]


class Failures:
    """The folders of one run's failed scenarios; what the run before wrote there is taken away first, and nothing else."""

    def __init__(self, evidence: Path) -> None:
        self._folder = folder_of_failures(evidence)
        for text in self._folder.glob("*/*.txt"):
            text.unlink()
        for folder in [path for path in self._folder.glob("*/") if not any(path.iterdir())]:
            folder.rmdir()

    def keep(self, files: Mapping[str, str]) -> None:
        """Writes what one scenario left, each text under its name below the folder."""
        for name, text in files.items():
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{text}\n", encoding="utf-8")
