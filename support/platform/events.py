"""What happened, numbered for each customer without gaps, and told to whoever listens."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, func, insert, select
from sqlalchemy.orm import Session

from support.platform import correlation
from support.platform.clock import Clock
from support.platform.database import Gathered, after_commit, gathered
from support.platform.locking import lock_customer
from support.platform.tables import Event
from support.platform.vocabulary import EventSource, EventType

_events = cast("Table", Event.__table__)
_LAST = select(func.coalesce(func.max(_events.c.sequence), 0)).where(_events.c.customer_id == bindparam("customer"))
_ADD = insert(_events).values(customer_id=bindparam("customer"), sequence=_LAST.scalar_subquery() + 1)

Listener = Callable[[], None]


class Events:
    """The customers' event logs.

    Listeners are only nudged: they read the log themselves, from where they stand, so that nothing is lost or doubled.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._listeners: dict[str, list[Listener]] = defaultdict(list)

    def publish(
        self,
        session: Session,
        customer_id: str,
        event_type: EventType,
        agent_type: EventSource,
        payload: dict[str, Any],
        correlation_id: str | None = None,
    ) -> None:
        """Has the event written at the end of the caller's transaction. Listeners hear of it once it is durable.

        The customer stays locked until the transaction ends, so numbers follow the order of the commits, and within one the order of the calls.
        """
        told = gathered(session, self._write)
        if customer_id not in told:
            told[customer_id] = []
            lock_customer(session, customer_id)
            after_commit(session, lambda: self.nudge(customer_id))
        told[customer_id].append(
            {
                "customer": customer_id,
                "type": event_type,
                "timestamp": self._clock.now(),
                "agent_type": agent_type,
                "correlation_id": correlation_id or correlation.current(),
                "payload": payload,
            }
        )

    @staticmethod
    def _write(connection: Connection, told: Gathered) -> None:
        for events in told.values():
            connection.execute(_ADD, events)

    @staticmethod
    def last(connection: Connection, customer_id: str) -> int:
        """The number of the customer's newest event; 0 if there is none."""
        return int(connection.execute(_LAST, {"customer": customer_id}).scalar_one())

    def listen(self, customer_id: str, listener: Listener) -> Callable[[], None]:
        """Calls the listener, from any thread and quickly, after each commit with events of this customer. Answers how to stop it."""
        with self._lock:
            self._listeners[customer_id].append(listener)

        def stop() -> None:
            with self._lock:
                self._listeners[customer_id].remove(listener)
                if not self._listeners[customer_id]:
                    del self._listeners[customer_id]

        return stop

    def nudge(self, customer_id: str) -> None:
        """Calls the listeners of that customer, or of whatever else was agreed upon as a key."""
        with self._lock:
            listeners = list(self._listeners.get(customer_id, ()))
        for listener in listeners:
            listener()
