"""The pytest plugin that gives steps their facades: it starts the target once for a worker and opens one room for each scenario."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from support.drivers.api.platform import Platform
from support.drivers.api.transport import Transport
from support.drivers.cloud import Cloud
from support.drivers.events import Events
from support.drivers.journal import Journal
from support.drivers.live import Live
from support.drivers.lost import TargetLost
from support.drivers.simulator import Simulator
from support.drivers.time import ControlledClock
from support.evidence.attachments import on_failure
from support.launching import Launch, problems_of
from support.newcomers import Newcomers
from support.patience import Patience
from support.problems import EXIT_CODE, Problems
from support.rooms import ROOM, Room
from support.sabotage.target import sabotaged
from support.settings import load_target
from support.story import Story
from support.witness.savings import SavingsOracle
from support.witness.traffic import TrafficWitness

if TYPE_CHECKING:
    from support.drivers.records import Records

LAUNCH = pytest.StashKey[Launch]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the suite's own."""
    group = parser.getgroup("acceptance", "the acceptance suite")
    group.addoption("--target", default="embedded", metavar="NAME|FILE", help="what is tested: a file below support/targets, or a path (embedded)")
    group.addoption("--sabotage", default=None, metavar="NAME", help="break the embedded target by this named defect, to see who notices")
    group.addoption("--database-url", default=None, metavar="URL", help="a PostgreSQL server for the embedded platform's records (default: SQLite)")


def pytest_configure(config: pytest.Config) -> None:
    """Reads the target; everything that is wrong with it is told before anything is collected."""
    server = config.getoption("--database-url")
    try:
        target = sabotaged(load_target(config.getoption("--target")), config.getoption("--sabotage"))
    except Problems as problems:
        pytest.exit(problems.render(), returncode=EXIT_CODE)
    found = [] if hasattr(config, "workerinput") else problems_of(target, server)
    if found:
        pytest.exit(Problems(found).render(), returncode=EXIT_CODE)
    config.stash[LAUNCH] = Launch(target, server)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends what was started."""
    launch = config.stash.get(LAUNCH, None)
    if launch is not None:
        launch.end()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> None:
    """Starts the target beside the collection as soon as a feature turns up."""
    if file_path.suffix == ".feature" and not parent.config.getoption("collectonly"):
        try:
            parent.config.stash[LAUNCH].begin()
        except Problems as problems:
            pytest.exit(problems.render(), returncode=EXIT_CODE)


def pytest_gherkin_capabilities(config: pytest.Config) -> Collection[str]:
    """What the target declares; scenarios that need more are skipped."""
    return config.stash[LAUNCH].target.capabilities


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A target that is gone ends the run, with its log attached to the scenario that noticed it."""
    report: pytest.TestReport = yield
    launch = item.config.stash[LAUNCH]
    if call.excinfo is not None and (isinstance(call.excinfo.value, TargetLost) or launch.died()):
        report.sections.extend(launch.logs())
        item.session.shouldstop = f"the target is lost: {launch.died() or call.excinfo.value.args[0]}"
    return report


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def target(pytestconfig: pytest.Config) -> AsyncIterator[Live]:
    """The running target, for as long as the worker lives."""
    launch = pytestconfig.stash[LAUNCH]
    live = await Live.open(launch.target, launch.running(), launch.process)
    yield live
    await live.close()


@pytest_asyncio.fixture(loop_scope="session")
async def room(target: Live, request: pytest.FixtureRequest) -> AsyncIterator[Room]:
    """One scenario's own room; whatever it created outside its account is taken away at the end."""
    journal = Journal(target.secrets)
    if target.process is not None:
        journal.follow_log(target.process.platform.log)
    on_failure(journal.attachments)
    room = Room(target, journal)
    request.node.stash[ROOM] = room
    yield room
    await room.undo.run()


@pytest.fixture
def story(room: Room) -> Story:
    """What the scenario has established so far."""
    return room.story


@pytest.fixture
def platform(room: Room) -> Platform:
    """OptiInfra; nobody is logged in at first."""
    return Platform(Transport(room.live.client, room.live.contract, room.journal))


@pytest.fixture
def cloud(room: Room) -> Cloud:
    """The customers' AWS accounts as their owners see them."""
    return Cloud(room.live.aws, room.journal)


@pytest.fixture
def events(room: Room) -> Events:
    """The customers' live events."""
    following = Events(room.live.running.addresses.platform, room.journal, room.live.pushed)
    room.undo.push(following.close)
    return following


@pytest.fixture
def simulator(room: Room) -> Simulator:
    """The world around the platform, as far as a scenario may bend it."""
    control = room.live.running.addresses.control
    assert control is not None, "the target has no world that could be bent; tag the scenario with the capability that it needs"
    return Simulator(room.live.world_client, control)


@pytest.fixture
def traffic(room: Room) -> TrafficWitness:
    """A user of the customer's models, who notices every request that is lost."""
    addresses = room.live.running.addresses
    assert addresses.clock, "the target's time cannot be followed; tag the scenario with @needs_clock_control"
    assert addresses.network, "the target has no front door in reach; tag the scenario with @needs_traffic"
    witness = TrafficWitness(room.live.world_client, addresses.clock, addresses.network)
    room.undo.push(witness.close)
    return witness


@pytest.fixture
def oracle(simulator: Simulator) -> SavingsOracle:
    """What a fleet costs and saves, recomputed from usage and prices."""
    return SavingsOracle(simulator)


@pytest_asyncio.fixture(loop_scope="session")
async def records(target: Live) -> AsyncIterator[Records]:
    """The platform's database, for reading."""
    from support.drivers.records import Records  # SQLAlchemy is not loaded for a run that reads no records

    assert target.running.database_url is not None, "the target's database is not in reach; tag the scenario with @needs_records"
    records = Records(target.running.database_url)
    yield records
    records.close()


@pytest.fixture
def newcomers(room: Room, platform: Platform, cloud: Cloud, simulator: Simulator) -> Newcomers:
    """How personas become customers."""
    return Newcomers(room.live, platform, cloud, simulator, room.undo)


@pytest.fixture
def patience(target: Live) -> Patience:
    """How long the suite waits for what."""
    return Patience.measured_by(target.clock, target.target.scale)


@pytest.fixture
def clock(target: Live) -> ControlledClock:
    """The customer's time, where a scenario may move it."""
    assert isinstance(target.clock, ControlledClock), "the target's time cannot be moved; tag the scenario with @needs_clock_control"
    return target.clock
