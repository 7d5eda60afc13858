"""What one pytest session knows of features and steps: the index, the tags, the wanted lines and the report of mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.gherkin.definitions import REGISTER
from support.gherkin.document import Document
from support.gherkin.hooks import StepHooks
from support.gherkin.index import StepIndex
from support.gherkin.lines import WantedLines
from support.gherkin.modules import load_steps
from support.gherkin.parsed import ParsedFeatures
from support.gherkin.tags import Tags
from support.problems import Problem

if TYPE_CHECKING:
    from support.gherkin.collection import FeatureFile


class GherkinSession:
    """Made with the configuration; loads the step modules only when the first feature file is collected."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.lines = WantedLines()
        self.documents: dict[Path, tuple[Document, FeatureFile]] = {}
        self.problems: list[Problem] = []
        self.loaded = False
        self.stopped = False

    @cached_property
    def hooks(self) -> StepHooks:
        """pytest-bdd's hooks, gathered when every plugin is there."""
        return StepHooks(self.config)

    @cached_property
    def parsed(self) -> ParsedFeatures:
        """Reads feature files."""
        return ParsedFeatures(self.config)

    @cached_property
    def tags(self) -> Tags:
        """The meaning of tags, with the ledger beside the features."""
        return Tags(self.config)

    @cached_property
    def index(self) -> StepIndex:
        """The definitions of all step modules."""
        return StepIndex(REGISTER.definitions)

    def load(self) -> None:
        """Imports every step module once."""
        if self.loaded:
            return
        self.loaded = True
        self.stopped_by(load_steps(self.config))
        self.problems += REGISTER.problems

    def stopped_by(self, mistakes: Sequence[Problem]) -> None:
        """Notes modules that cannot be loaded, if there are any: what steps there are is not known then."""
        self.stopped |= bool(mistakes)
        self.problems += mistakes

    def unreadable(self, path: Path, found: list[Problem]) -> None:
        """Notes a file that is not a feature."""
        self.problems += found
        self.lines.seen(path)

    def examine(self, document: Document, collector: FeatureFile) -> None:
        """Notes a feature for the examination of everything that was collected."""
        self.documents[document.path] = (document, collector)
        self.problems += document.problems


KEY = pytest.StashKey[GherkinSession]()


def session_of(config: pytest.Config) -> GherkinSession:
    """The session's own; made by the plugin when pytest is configured."""
    return config.stash[KEY]
