"""What happened, numbered for each customer without gaps, and told to whoever listens."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session

from support.platform import correlation
from support.platform.clock import Clock
from support.platform.database import after_commit
from support.platform.tables import Customer, Event
from support.platform.vocabulary import EventSource, EventType

_customers = cast("Table", Customer.__table__)
_next = _customers.c.event_sequence + 1
_COUNT = update(_customers).where(_customers.c.id == bindparam("customer")).values(event_sequence=_next).returning(_customers.c.event_sequence)
_ADD = insert(cast("Table", Event.__table__))

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
    ) -> int:
        """Writes the event in the caller's transaction and answers its number. Listeners hear of it once it is durable.

        The customer's counter stays locked until the transaction ends, so numbers follow the order of the commits.
        """
        session.flush()  # the customer may be new
        connection = session.connection()
        sequence = int(connection.execute(_COUNT, {"customer": customer_id}).scalar_one())
        connection.execute(
            _ADD,
            {
                "customer_id": customer_id,
                "sequence": sequence,
                "type": event_type,
                "timestamp": self._clock.now(),
                "agent_type": agent_type,
                "correlation_id": correlation_id or correlation.current(),
                "payload": payload,
            },
        )
        after_commit(session, lambda: self.nudge(customer_id))
        return sequence

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
