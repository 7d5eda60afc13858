"""Feature files as pytest collects them: one collector a file, one item a scenario or example row."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from _pytest.fixtures import FuncFixtureInfo, TopRequest
from _pytest.nodeid import NodeId
from pytest_bdd.parser import Scenario

from support.gherkin.assertions import counted
from support.gherkin.definitions import BoundStep
from support.gherkin.document import Document, Planned, Row, read
from support.gherkin.failure import failure_of
from support.gherkin.hooks import ScenarioHooks
from support.gherkin.placeholders import filled, placeholders
from support.gherkin.running import Running
from support.gherkin.session import GherkinSession, session_of
from support.gherkin.tags import NEEDS


class FeatureFile(pytest.Module):
    """A feature file. It is a `Module` so that module-scoped fixtures live as long as the feature; its module object is empty."""

    document: Document | None = None
    relative: str | None = None
    """The path as pytest shows it: worked out by the first scenario, for all of them."""
    _fixtures: FuncFixtureInfo | None = None

    def _getobj(self) -> types.ModuleType:
        return types.ModuleType(self.path.stem)

    @cached_property
    def hooks(self) -> ScenarioHooks:
        """The hooks that apply to the scenarios of this file."""
        return ScenarioHooks(self.config, self.ihook)

    def collect(self) -> Iterable[ScenarioItem]:
        """The scenarios that the command line asks for. What is wrong with the file goes to the session's report."""
        session = session_of(self.config)
        session.load()
        found = read(self.path, session.parsed.document)
        if not isinstance(found, Document):
            session.unreadable(self.path, found)
            return []
        self.document = found
        self.own_markers.extend(session.tags.marks(found.tags))
        self.keywords.update((mark.name, mark) for mark in self.own_markers)
        session.examine(found, self)
        return list(self._items(found, session))

    def _items(self, document: Document, session: GherkinSession) -> Iterator[ScenarioItem]:
        wanted = session.lines.of(self.path)
        for planned in document.scenarios:
            marks = session.tags.marks(planned.tags)
            for row in planned.instances:
                if wanted is None or wanted.wants(planned, row):
                    yield ScenarioItem.from_parent(self, name=item_name(planned, row), planned=planned, row=row, marks=marks)

    def fixtures(self, item: pytest.Item) -> FuncFixtureInfo:
        """The fixtures that every scenario of the file has without asking: worked out once a file."""
        if self._fixtures is None:
            self._fixtures = self.session._fixturemanager.getfixtureinfo(node=item, func=None, cls=None)  # noqa: SLF001 - as doctest items do
        return self._fixtures


class ScenarioItem(pytest.Item):
    """One scenario, or one row of an outline."""

    parent: FeatureFile
    _request: Any = None  # pytest makes it when the scenario is run, by _initrequest, and throws it away afterwards
    funcargs: dict[str, object]

    def __init__(self, *, name: str, parent: FeatureFile, planned: Planned, row: Row | None, marks: list[pytest.Mark]) -> None:
        # The id is parsed as pytest parses the ids that it remembers, so that --lf finds a row by its values.
        super().__init__(name, parent, nodeid=NodeId.parse(f"{parent.nodeid}::{name}"))
        self.planned = planned
        self.row = row
        self.own_markers = list(marks)
        self.running: Running | None = None
        self.obj = None
        self._fixtureinfo = self.parent.fixtures(self)
        self.fixturenames = self._fixtureinfo.names_closure
        self._scenario: Scenario | None = None

    def _initrequest(self) -> None:
        self.funcargs = {}
        self._request = TopRequest(self, _ispytest=True)  # type: ignore[arg-type]  # as doctest items do

    @property
    def ihook(self) -> ScenarioHooks:  # type: ignore[override]  # pytest has a stand-in of the same kind for folders
        """The hooks of the feature file, found once for all its scenarios."""
        return self.parent.hooks

    @property
    def line(self) -> int:
        """The line of the scenario's title, or of the example row."""
        return self.row.line if self.row else self.planned.template.line_number

    @property
    def tags(self) -> tuple[str, ...]:
        """Every tag that applies, feature's first, in the order of writing, without `@`."""
        document = self.parent.document
        outer = document.tags if document else ()
        return tuple(dict.fromkeys(tag.name for tag in (*outer, *self.planned.tags)))

    @property
    def scenario(self) -> Scenario:
        """pytest-bdd's scenario as it is carried out: placeholders filled, background included, each step bound to its definition."""
        if self._scenario is None:
            self._scenario = self.planned.rendered(self.row)
            index = session_of(self.config).index
            for step in self._scenario.steps:
                assert isinstance(step, BoundStep)
                if step.definition is None:
                    match = index.match(step.type, step.name)
                    step.definition, step.values = match.definitions[0], match.values
        return self._scenario

    def setup(self) -> None:
        """Sets up the fixtures that apply without asking; every other one is set up by the first step that names it."""
        self._skip_what_the_target_lacks()
        self._request._fillfixtures()  # noqa: SLF001 - as doctest items do

    def _skip_what_the_target_lacks(self) -> None:
        needed = [tag.removeprefix(NEEDS) for tag in self.tags if tag.startswith(NEEDS)]
        if not needed:
            return
        declared = self.config.hook.pytest_gherkin_capabilities(config=self.config)
        missing = [] if declared is None else [each for each in needed if each not in declared]
        if missing:
            pytest.skip(f"the target does not declare {' and '.join(missing)}")

    def runtest(self) -> None:
        """Carries out the scenario."""
        __tracebackhide__ = True
        self.running = Running(self.scenario, self._request, session_of(self.config).hooks)
        with counted(self.running.count):
            self.running.carry_out()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401 - pytest's own
        """The scenario with its failed step marked; what fails outside the steps is shown as pytest shows it."""
        if self.running is None or isinstance(excinfo.value, pytest.fail.Exception):
            return super().repr_failure(excinfo, style)
        return failure_of(self, excinfo)

    def forget(self) -> None:
        """Lets go of what only the run needed, so that ten thousand finished scenarios stay small."""
        self.running = None
        self._scenario = None

    @cached_property
    def location(self) -> tuple[str, int | None, str]:
        """What `reportinfo` says, as pytest shows it."""
        if self.parent.relative is None:
            self.parent.relative = super().location[0]
        _, line, name = self.reportinfo()
        return self.parent.relative, line, name

    def reportinfo(self) -> tuple[Path, int, str]:
        """The feature file, the 0-based line of the title or row, and the name."""
        return self.path, self.line - 1, f"{self.planned.template.feature.name} > {self.name}"


def item_name(planned: Planned, row: Row | None) -> str:
    """The title; for an example row with its values filled in, and in brackets behind it where the title does not tell them all."""
    title = planned.template.name
    if row is None:
        return title
    told = placeholders(title)
    name = filled(title, row.values)
    return name if set(row.values) <= set(told) else f"{name}[{', '.join(row.values.values())}]"
