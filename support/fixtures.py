"""The pytest plugin that gives steps their facades: one connection to the target for a worker, one room for each scenario."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from support.aftermath import aftermath
from support.deeds.comparing import Comparison, compares
from support.deeds.exploring import Orders, Surroundings
from support.deeds.forging import Forge
from support.deeds.killing import PowerCut
from support.drivers.api.platform import Platform
from support.drivers.api.transport import Credentials, Transport
from support.drivers.cloud import Cloud
from support.drivers.events import Events
from support.drivers.journal import Journal
from support.drivers.live import Live
from support.drivers.simulator import Simulator
from support.drivers.time import ControlledClock
from support.evidence.attachments import exercised, on_failure
from support.newcomers import Newcomers
from support.ordering import choice_of
from support.patience import Patience
from support.rooms import ROOM, Room
from support.story import Story
from support.targeting import LAUNCH
from support.witness.answers import QualityWitness
from support.witness.savings import SavingsOracle
from support.witness.traffic import TrafficWitness

if TYPE_CHECKING:
    from support.drivers.records import Records

ADMINISTRATOR = "admin@optiinfra.example"
"""Who the platform makes at its first start."""


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
    room = Room(target, journal)
    loop = asyncio.get_running_loop()
    on_failure(lambda: aftermath(room, loop))
    on_failure(journal.attachments)
    request.node.stash[ROOM] = room
    yield room
    del request.node.stash[ROOM]  # the item outlives its scenario, and may be carried out again
    await room.undo.run()
    exercised(journal.operations)


@pytest.fixture
def story(room: Room) -> Story:
    """What the scenario has established so far."""
    return room.story


@pytest.fixture
def platform(room: Room) -> Platform:
    """OptiInfra; nobody is logged in at first."""
    return Platform(_transport(room))


@pytest.fixture
def cloud(room: Room) -> Cloud:
    """The customers' AWS accounts as their owners see them."""
    return Cloud(room.live.aws, room.journal)


@pytest.fixture
def comparison(request: pytest.FixtureRequest, story: Story, cloud: Cloud) -> Comparison:
    """The fleet before a change, kept where a Then of the scenario asks for this fixture."""
    return Comparison(story, cloud, wanted=compares(step.definition for step in request.node.scenario.steps))


@pytest.fixture
def events(room: Room) -> Events:
    """The customers' live events."""
    following = Events(room.live.running.addresses.platform, _transport(room), room.live.clock, room.live.pushed)
    room.undo.push(following.close)
    return following


@pytest.fixture
def forge(room: Room) -> Forge:
    """Tokens that must open nothing."""
    return Forge(room.live.clock, room.live.running.token_key)


@pytest.fixture
def simulator(room: Room) -> Simulator:
    """The world around the platform, as far as a scenario may bend it."""
    return room.simulator


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
def examiner(room: Room) -> QualityWitness:
    """Asks the customer's models what everybody knows."""
    network = room.live.running.addresses.network
    assert network, "the target has no front door in reach; tag the scenario with @needs_traffic"
    return QualityWitness(room.live.world_client, network)


@pytest.fixture
def oracle(simulator: Simulator) -> SavingsOracle:
    """What a fleet costs and saves, recomputed from usage and prices."""
    return SavingsOracle(simulator)


@pytest.fixture
def power(target: Live, simulator: Simulator, platform: Platform, events: Events) -> PowerCut:
    """Who kills the platform and starts it again."""
    from support.drivers.storage import Storage  # nor is it for a run that kills nobody

    assert target.process is not None, "the target's process is not ours to kill; tag the scenario with @needs_process_control"
    assert target.running.database_url is not None, "the target's database is not in reach; tag the scenario with @needs_records"
    return PowerCut(target.process, simulator, platform, events, Storage(target.running.database_url))


@pytest_asyncio.fixture(loop_scope="session")
async def auditor(room: Room, platform: Platform) -> Platform:
    """OptiInfra as its administrator sees it, who may read every audit trail."""
    password = room.live.running.admin_password
    assert password is not None, "the target has no administrator; tag the scenario with @needs_administration"
    return platform.acting_as(await platform.signed_in("the administrator", Credentials(ADMINISTRATOR, password)))


@pytest_asyncio.fixture(loop_scope="session")
async def records(target: Live) -> AsyncIterator[Records]:
    """The platform's database, for reading."""
    from support.drivers.records import records_at  # SQLAlchemy is not loaded for a run that reads no records

    assert target.running.database_url is not None, "the target's database is not in reach; tag the scenario with @needs_records"
    records = records_at(target.running.database_url)
    yield records
    records.close()


@pytest.fixture
def newcomers(room: Room, platform: Platform, cloud: Cloud, simulator: Simulator) -> Newcomers:
    """How personas become customers."""
    return Newcomers(room.live, platform, cloud, simulator, room.undo)


@pytest.fixture
def orders(pytestconfig: pytest.Config, room: Room, newcomers: Newcomers, events: Events, clock: ControlledClock, patience: Patience) -> Orders:
    """What happens at the same time, tried in different orders."""
    return Orders(choice_of(pytestconfig), room.story, Surroundings(newcomers, events, clock, patience, room.live.process))


@pytest.fixture
def patience(target: Live) -> Patience:
    """How long the suite waits for what."""
    return Patience.measured_by(target.clock, target.target.scale)


@pytest.fixture
def clock(target: Live) -> ControlledClock:
    """The customer's time, where a scenario may move it."""
    assert isinstance(target.clock, ControlledClock), "the target's time cannot be moved; tag the scenario with @needs_clock_control"
    return target.clock


def _transport(room: Room) -> Transport:
    return Transport(room.live.client, room.live.contract, room.journal)
