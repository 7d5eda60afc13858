"""Everything that the checks look at, read once from the files of the repository."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from support.audits.documents import Feature, NotGherkin, read_feature
from support.audits.modules import Phrase, SourceModule, read_module
from support.evidence.ledger import LEDGER_PATH
from support.problems import Problem, Problems


def find_root(start: Path) -> Path:
    """The repository around this folder: the nearest one above with the ledger; raises `Problems` if there is none."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / LEDGER_PATH).is_file():
            return folder
    raise Problems([Problem(str(start), 0, "", f"no folder from here upwards holds {LEDGER_PATH}", "run this inside the repository")])


class Project:
    """The features, step modules and support code below `root`; unreadable files are collected as findings, not raised.

    What has still the text of an `earlier` reading is not parsed again. `before` are the modules of that reading, by path.
    Modules whose path begins with one of `without` are left out.
    """

    def __init__(self, root: Path, earlier: Project | None = None, without: tuple[str, ...] = ()) -> None:
        self.root = root
        self._without = tuple(str(root / each) for each in without)
        self.before = {module.path: module for module in earlier.modules} if earlier else {}
        self._features_before = {feature.path: feature for feature in earlier.features} if earlier else {}
        self.unreadable_features: list[tuple[str, int, str]] = []
        self.unreadable_modules: list[tuple[str, int, str]] = []

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """Every feature file that the parser accepts, by path."""
        return tuple(self._features())

    def _features(self) -> Iterator[Feature]:
        for path in sorted((self.root / "features").rglob("*.feature")):
            shown = str(path.relative_to(self.root))
            try:
                yield read_feature(path, shown, self._features_before.get(shown))
            except NotGherkin as refused:
                self.unreadable_features.extend((shown, line, reason) for line, reason in refused.places)
            except UnicodeDecodeError:
                self.unreadable_features.append((shown, 1, "the file is not UTF-8"))
            except FileNotFoundError:
                continue  # it went between the listing and the reading

    @cached_property
    def modules(self) -> tuple[SourceModule, ...]:
        """Every Python module of `steps`, `support` and the top level, by path."""
        below = (path for folder in ("features", "support") for path in (self.root / folder).rglob("*.py"))
        below = (path for path in below if not str(path).startswith(self._without))
        return (*self._read((*self.root.glob("*.py"), *below)), *self.step_modules)

    def _read(self, paths: Iterable[Path]) -> Iterator[SourceModule]:
        for path in sorted(paths):
            try:
                yield read_module(self.root, path, self.before)
            except SyntaxError as refused:
                self.unreadable_modules.append((str(path.relative_to(self.root)), refused.lineno or 1, refused.msg))
            except UnicodeDecodeError:
                self.unreadable_modules.append((str(path.relative_to(self.root)), 1, "the file is not UTF-8"))
            except FileNotFoundError:
                continue  # it went between the listing and the reading

    @cached_property
    def step_modules(self) -> tuple[SourceModule, ...]:
        """The modules of the vocabulary; the others need not be read for them."""
        return tuple(module for module in self._read((self.root / "steps").rglob("*.py")) if module.name != "steps")

    @cached_property
    def phrases(self) -> tuple[Phrase, ...]:
        """Every step definition of every step module."""
        return tuple(phrase for module in self.step_modules for phrase in module.phrases)

    @cached_property
    def ledger(self) -> dict[str, Any] | None:
        """Areas and requirements; None where the ledger cannot be read, so that nothing is held against it: L01 tells why."""
        try:
            return tomllib.loads(self.text(LEDGER_PATH))
        except tomllib.TOMLDecodeError:
            return None

    def lacks(self, requirement: str) -> bool:
        """Whether the ledger has no such requirement."""
        return self.ledger is not None and requirement not in self.ledger

    def text(self, relative: Path | str) -> str:
        """A file's text, empty if it does not exist."""
        path = self.root / relative
        return path.read_text(encoding="utf-8") if path.is_file() else ""
