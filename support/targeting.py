"""The pytest plugin that reads the target, starts it once for a worker, and ends the run when it is gone."""

from __future__ import annotations

from collections.abc import Collection, Generator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from _pytest.config import PluginImportFailure

from support.drivers.lost import TargetLost
from support.gherkin.modules import mistake_of
from support.gherkin.session import session_of
from support.launching import Launch, problems_of
from support.ordering import add_options, choice_of
from support.problems import EXIT_CODE, Problem, Problems
from support.processors import keep_to, ours_of, place
from support.sabotage.target import sabotaged
from support.settings import load_target

LAUNCH = pytest.StashKey[Launch]()
MEETING = "acceptance_meeting"
MEETING_FOLDER = pytest.StashKey[TemporaryDirectory[str]]()
FACADES = ("support.fixtures", "support.guards")
"""The plugins that take long to load: they are loaded while the target starts, and never for a run without features."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the suite's own."""
    group = parser.getgroup("acceptance", "the acceptance suite")
    group.addoption("--target", default="embedded", metavar="NAME|FILE", help="what is tested: a file below support/targets, or a path (embedded)")
    group.addoption("--sabotage", default=None, metavar="NAME", help="break the embedded target by this named defect, to see who notices")
    add_options(group)
    group.addoption("--database-url", default=None, metavar="URL", help="a PostgreSQL server for the embedded platform's records (default: SQLite)")


def pytest_configure(config: pytest.Config) -> None:
    """Reads the target; everything that is wrong with it is told before anything is collected."""
    _refuse_a_strange_root(config)
    server = config.getoption("--database-url")
    try:
        choice_of(config)
        target = sabotaged(load_target(config.getoption("--target")), config.getoption("--sabotage"))
    except Problems as problems:
        pytest.exit(problems.render(), returncode=EXIT_CODE)
    found = [] if hasattr(config, "workerinput") else problems_of(target, server)
    if found:
        pytest.exit(Problems(found).render(), returncode=EXIT_CODE)
    config.stash[LAUNCH] = Launch(target, server, _meeting_of(config), ours_of(config))


def _meeting_of(config: pytest.Config) -> Path | None:
    """Where the workers of this host meet; None for a process that is alone."""
    told = getattr(config, "workerinput", {}).get(MEETING)
    return Path(told) if told and Path(told).is_dir() else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401  (pytest-xdist's own)
    """Tells a worker where to meet the others, a folder that only this user can enter, and which processors are its own."""
    config: pytest.Config = node.config
    if MEETING_FOLDER not in config.stash:
        config.stash[MEETING_FOLDER] = TemporaryDirectory(prefix="acceptance-", ignore_cleanup_errors=True)
        config.add_cleanup(config.stash[MEETING_FOLDER].cleanup)
    node.workerinput[MEETING] = config.stash[MEETING_FOLDER].name
    place(node, config)


def _refuse_a_strange_root(config: pytest.Config) -> None:
    """pytest takes the path after an option of ours for something to collect, and its folder for the root of the project."""
    if config.inipath is not None:
        return
    remedy = "join every path to its option (--evidence=FILE, --target=FILE), or say --rootdir and -c pyproject.toml"
    pytest.exit(Problems([Problem("pytest", 0, "", f"took {config.rootpath} for the root of this project", remedy)]).render(), returncode=EXIT_CODE)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends what was started."""
    launch = config.stash.get(LAUNCH, None)
    if launch is not None:
        launch.end()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> None:
    """Starts the target as soon as a feature turns up, and goes on loading and collecting beside it."""
    if file_path.suffix != ".feature":
        return
    config = parent.config
    gherkin = session_of(config)
    if gherkin.stopped:
        return
    if not config.getoption("collectonly"):
        config.stash[LAUNCH].begin()
        keep_to(ours_of(config))
    try:
        for plugin in FACADES:
            config.pluginmanager.import_plugin(plugin)
    except PluginImportFailure as failure:
        gherkin.stopped_by([mistake_of(failure.__cause__ or failure, config.rootpath)])


def pytest_gherkin_capabilities(config: pytest.Config) -> Collection[str]:
    """What the target declares; scenarios that need more are skipped."""
    return config.stash[LAUNCH].target.capabilities


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A target that is gone ends the run, with its log attached to the scenario that noticed it."""
    report: pytest.TestReport = yield
    launch = item.config.stash[LAUNCH]
    if call.excinfo is not None and (isinstance(call.excinfo.value, TargetLost) or launch.died()):
        report.longrepr = f"the target is lost: {launch.died() or call.excinfo.value.args[0]}"
        report.sections.extend(launch.logs())
        item.session.shouldstop = report.longrepr
    return report
