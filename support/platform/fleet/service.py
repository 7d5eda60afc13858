"""Discovery: what a customer runs, found, kept, and handed to the agents."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from support.platform.cloud import AccountUnreachable
from support.platform.database import row_now
from support.platform.fleet import records
from support.platform.fleet.views import Fleet
from support.platform.inflight import InFlight
from support.platform.network import Unreachable
from support.platform.services import Services
from support.platform.tables import Customer
from support.platform.turns import Turns
from support.platform.vocabulary import AgentType, AnalysisTrigger

_turns: WeakKeyDictionary[InFlight, Turns] = WeakKeyDictionary()
_lock = threading.Lock()


class DiscoveryFailed(Exception):
    """The account, its network or the price list did not answer; the message says what."""


def turns_of(services: Services) -> Turns:
    """One look at a customer's fleet at a time."""
    with _lock:
        return _turns.setdefault(services.in_flight, Turns(services.in_flight))


def discover(services: Services, customer: Customer) -> None:
    """The first look at the account, whose beginning is on record, after which all four agents analyse it. For a job: it takes as long as AWS does.

    A failure is kept with its reason and told as an event; it raises nothing.
    """
    with turns_of(services).turn(customer.id):
        _look_and_analyse(services, customer, "discovery")


def look_again(services: Services, customer_id: str, unless_known_as: str | None = None) -> None:
    """As `discover`, at an account that is known. A customer that is gone or not onboarded is left alone.

    `unless_known_as` is the id of a deployment's record: while that is on record nobody has looked since it was made, and nothing is done.
    """
    with turns_of(services).turn(customer_id):
        customer = active_customer(services, customer_id)
        if customer is None or (unless_known_as is not None and _on_record(services, unless_known_as)):
            return
        _look_and_analyse(services, customer, "monitoring")


def _look_and_analyse(services: Services, customer: Customer, trigger: AnalysisTrigger) -> None:
    from support.platform.agents.service import analyse

    try:
        fleet = look_at_all(services, customer)
    except DiscoveryFailed as error:
        _failed(services, customer.id, str(error))
        return
    started = _keep(services, customer.id, fleet, trigger)
    if started:
        analyse(services, customer, fleet, trigger, started)


def look(services: Services, customer: Customer) -> Fleet:
    """The fleet at this moment, as agents reason about it: without its doors. DiscoveryFailed if it cannot be seen."""
    from support.platform.fleet.survey import survey

    with _failing():
        return survey(services, customer)


def look_at_all(services: Services, customer: Customer) -> Fleet:
    """As `look`, with the doors, for the records."""
    from support.platform.fleet.doors import doors_of

    fleet = look(services, customer)
    with _failing():
        doors = doors_of(services.cloud.for_customer(customer), {workload.name for workload in fleet.workloads})
    return replace(fleet, doors=doors)


@contextmanager
def _failing() -> Iterator[None]:
    """Whatever did not answer: DiscoveryFailed."""
    from botocore.exceptions import BotoCoreError, ClientError

    from support.platform.fleet.prices import PricesMissing

    try:
        yield
    except AccountUnreachable as error:
        raise DiscoveryFailed(str(error)) from error
    except (ClientError, BotoCoreError) as error:
        raise DiscoveryFailed(f"AWS did not answer: {error}") from error
    except Unreachable as error:
        raise DiscoveryFailed(f"the spot advisor did not answer: {error}") from error
    except PricesMissing as error:
        raise DiscoveryFailed(str(error)) from error


def active_customer(services: Services, customer_id: str) -> Customer | None:
    """The customer, if its account is ours to look at."""
    with services.database.asking() as connection:
        found = row_now(connection, Customer, customer_id)
    return found if found is not None and is_active(found) else None


def is_active(customer: Customer) -> bool:
    """Whether it is onboarded and not deleted."""
    return customer.deleted_at is None and customer.status == "active" and customer.iam_role_arn is not None


def _on_record(services: Services, deployment_id: str) -> bool:
    with services.database.asking() as connection:
        return records.on_record(connection, deployment_id)


def _keep(services: Services, customer_id: str, fleet: Fleet, trigger: AnalysisTrigger) -> Mapping[AgentType, str]:
    """Puts the fleet on record, and the beginning of its analyses, by agent; none if the customer went away meanwhile."""
    from support.platform.agents.service import ORDER, begin

    with services.database.session() as session:
        customer = row_now(session.connection(), Customer, customer_id)
        if customer is None or not is_active(customer):
            return {}
        records.keep(session, customer_id, fleet)
        records.keep_samples(session, customer_id, fleet)
        records.end(services, session, customer_id, None)
        if trigger == "discovery":
            _tell(services, session, customer_id, fleet)
        return begin(services, session, customer_id, ORDER, trigger)


def _tell(services: Services, session: Session, customer_id: str, fleet: Fleet) -> None:
    payload = {"instances": len(fleet.nodes), "deployments": [workload.name for workload in fleet.workloads]}
    services.audit.record(session, customer_id, "system", "discovery_completed", "customer", customer_id, payload)
    services.events.publish(session, customer_id, "discovery_completed", "orchestrator", payload)


def _failed(services: Services, customer_id: str, error: str) -> None:
    with services.database.session() as session:
        records.end(services, session, customer_id, error)
        services.audit.record(session, customer_id, "system", "discovery_failed", "customer", customer_id, {"error": error})
        services.events.publish(session, customer_id, "discovery_failed", "orchestrator", {"error": error})
