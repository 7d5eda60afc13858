"""What every room needs, made once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from support.platform.audit.service import Audit
from support.platform.clock import Clock, SystemClock
from support.platform.cloud import Cloud
from support.platform.database import Database
from support.platform.events import Events
from support.platform.inflight import InFlight
from support.platform.jobs import Jobs
from support.platform.learning.store import VectorStore, store_for
from support.platform.limits import RequestCounter
from support.platform.network import Network
from support.platform.settings import Settings


@dataclass
class Services:
    """The platform's shared parts. `public_url` is where customers and agents reach it."""

    settings: Settings
    database: Database
    in_flight: InFlight
    jobs: Jobs
    clock: Clock
    events: Events
    audit: Audit
    cloud: Cloud
    network: Network
    vectors: VectorStore
    request_counter: RequestCounter
    public_url: str = field(default="http://127.0.0.1")

    def close(self) -> None:
        """Stops time and jobs, then gives back connections."""
        self.clock.close()
        self.jobs.close()
        self.network.close()
        self.database.close()


def build(settings: Settings) -> Services:
    """Makes the parts; nothing is started and nobody is asked yet."""
    in_flight = InFlight()
    jobs = Jobs(in_flight)
    clock = _clock(settings, in_flight, jobs)
    return Services(
        settings=settings,
        database=Database(settings.database_url),
        in_flight=in_flight,
        jobs=jobs,
        clock=clock,
        events=Events(clock),
        audit=Audit(clock),
        cloud=Cloud(settings, clock),
        network=Network(settings),
        vectors=store_for(settings),
        request_counter=RequestCounter(settings.rate_limit_per_minute),
        public_url=settings.public_url or "http://127.0.0.1",
    )


def _clock(settings: Settings, in_flight: InFlight, jobs: Jobs) -> Clock:
    if settings.clock_url is None:
        return SystemClock(in_flight, jobs)
    from support.platform.clock_service import ClockServiceClient

    return ClockServiceClient(settings.clock_url, in_flight, jobs)


def services_of(connection: HTTPConnection) -> Services:
    """The parts of the application that serves this request or socket."""
    return cast("Services", connection.app.state.services)


async def _served(connection: HTTPConnection) -> Services:
    """As `services_of`: on the loop, because FastAPI asks a thread for whatever is not async."""
    return services_of(connection)


ServicesDep = Annotated[Services, Depends(_served)]
