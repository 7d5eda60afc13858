"""The pytest plugin: feature files are tests, mistakes are told at once, one loop carries every coroutine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from difflib import get_close_matches
from pathlib import Path

import pytest
import pytest_asyncio

from support.gherkin import hookspecs
from support.gherkin.assertions import JUDGING
from support.gherkin.collection import FeatureFile, ScenarioItem
from support.gherkin.failure import stop_in_the_step
from support.gherkin.progress import show_progress
from support.gherkin.session import KEY, GherkinSession, session_of
from support.gherkin.strictness import examine, raise_for
from support.gherkin.terminal import speak_gherkin, tell_drafts
from support.gherkin.workers import PackedEvents, WorkersReport, hand_over, hear_quickly, is_worker
from support.problems import EXIT_CODE, Problem, Problems, shown

pytest.register_assert_rewrite(*JUDGING)

REPORT = pytest.StashKey[list[Problem]]()

LOOP_FACTORY = "_asyncio_loop_factory"
"""Where pytest-asyncio looks for what makes its loops. Its hook for that is asked for functions only, and a scenario is none."""


@pytest.fixture(scope="session", name=LOOP_FACTORY)
def quick_loops() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's loops where there are any: a request takes two thirds of the time that it takes on asyncio's own."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return new_event_loop


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def scenario_loop() -> asyncio.AbstractEventLoop:
    """The one loop on which every asynchronous step and fixture runs."""
    return asyncio.get_running_loop()


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declares the hooks that this plugin asks."""
    pluginmanager.add_hookspecs(hookspecs)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Makes what the session knows; nothing is read before the first feature is collected."""
    config.stash[KEY] = GherkinSession(config)
    config.stash[REPORT] = []
    speak_gherkin(config)
    show_progress(config)
    config.pluginmanager.register(PackedEvents())
    if config.pluginmanager.hasplugin("dsession"):
        hear_quickly(config.pluginmanager.getplugin("dsession"))
        config.pluginmanager.register(WorkersReport(config.stash[REPORT]))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> FeatureFile | None:
    """A feature file is collected as it stands; it needs no Python beside it."""
    if file_path.suffix != ".feature":
        return None
    collector: FeatureFile = FeatureFile.from_parent(parent, path=file_path)
    return collector


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Takes the lines from the arguments, lets pytest collect, and ends the session if anything is wrong."""
    config = session.config
    gherkin = session_of(config)
    base = config.invocation_params.dir
    config.args[:] = [gherkin.lines.take(argument, base) for argument in config.args]
    config.stash[REPORT] += _missing(config, base)
    if config.option.markexpr:
        config.stash[REPORT] += gherkin.tags.unknown_in(config.option.markexpr)
    raise_for(config.stash[REPORT])
    try:
        result = yield
    except pytest.UsageError as error:
        config.stash[REPORT] += _not_found(error, gherkin)
        raise_for(config.stash[REPORT])
        raise
    if not is_worker(config):
        raise_for(config.stash[REPORT])
    return result


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Examines all that was collected; where anything is wrong, nothing is left to execute."""
    gherkin = session_of(config)
    found = examine(gherkin) if gherkin.loaded else []
    if found:
        items[:] = []
        config.stash[REPORT] += found
        hand_over(config, found)


def _missing(config: pytest.Config, base: Path) -> list[Problem]:
    paths = [argument.partition("::")[0] for argument in config.args]
    remedy = "give a feature file, a folder of them, or file.feature:line"
    return [Problem(path, 0, "", "there is no such file or folder", remedy) for path in paths if not (base / path).exists()]


def _not_found(error: pytest.UsageError, gherkin: GherkinSession) -> list[Problem]:
    """Scenarios that the command line names and no feature has; pytest's own message stays for everything else."""
    asked = [line.removeprefix("not found: ") for message in error.args for line in str(message).splitlines() if ".feature::" in line]
    found = []
    for path, _, title in (argument.partition("::") for argument in asked):
        document = gherkin.documents.get(Path(path))
        titles = [planned.template.name for planned in document[0].scenarios] if document else []
        near = get_close_matches(title, titles, 1)
        remedy = f'did you mean "{near[0]}"?' if near else "name a scenario by its title, or give file.feature:line"
        found.append(Problem(shown(Path(path)), 0, "", f'no scenario has the title "{title}"', remedy))
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Why drafts fail, and the one report of everything that is wrong."""
    tell_drafts(terminalreporter)
    found = config.stash.get(REPORT, [])
    if found:
        terminalreporter.section("nothing was executed", red=True, bold=True)
        terminalreporter.write_line(Problems(found).render())


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A user's mistake ends with its own exit code."""
    if session.config.stash.get(REPORT, []):
        session.exitstatus = EXIT_CODE


@pytest.hookimpl(tryfirst=True)
def pytest_exception_interact(node: pytest.Item | pytest.Collector, call: pytest.CallInfo[object]) -> None:
    """Before a debugger begins."""
    if isinstance(node, ScenarioItem) and call.excinfo is not None and node.config.getoption("usepdb"):
        stop_in_the_step(node, call.excinfo.value)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Lets go of what only the run of a scenario needed."""
    try:
        return (yield)
    finally:
        if isinstance(item, ScenarioItem):
            item.forget()
