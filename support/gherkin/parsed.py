"""What the parser made of a feature file, kept from one run to the next, in pytest's own cache folder.

As with compiled modules, a file is read anew where its text, the parser or Python differ; and where nothing can be kept, nothing is lost but
time.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from support.gherkin.parser import PARSER

FOLDER = "gherkin"


class ParsedFeatures:
    """Reads features as the parser does. Where pytest keeps no cache, it asks the parser each time."""

    def __init__(self, config: pytest.Config) -> None:
        cache = getattr(config, "cache", None)
        self._folder: Path | None = cache.mkdir(FOLDER) if cache is not None else None
        self._ground = f"{sys.implementation.cache_tag} {version('gherkin-official')}"

    def document(self, path: Path, text: str) -> dict[str, Any]:
        """The document of the text of this file; raises what the official parser raises."""
        if self._folder is None:
            return PARSER.document(text)
        kept = self._folder / hashlib.sha256(str(path).encode()).hexdigest()[:32]
        print_of_text = hashlib.sha256(f"{self._ground}\n{text}".encode()).digest()
        found = _kept(kept, print_of_text)
        if found is None:
            found = PARSER.document(text)
            _keep(kept, print_of_text, found)
        return found


def _kept(path: Path, fingerprint: bytes) -> dict[str, Any] | None:
    with suppress(OSError, ValueError, EOFError, TypeError):
        content = path.read_bytes()
        if content.startswith(fingerprint):
            document: dict[str, Any] = marshal.loads(memoryview(content)[len(fingerprint) :])  # noqa: S302 - as trusted as the modules Python keeps
            return document
    return None


def _keep(path: Path, fingerprint: bytes, document: dict[str, Any]) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError, ValueError):
        part.write_bytes(fingerprint + marshal.dumps(document))
        part.replace(path)  # at once, as workers keep the same
