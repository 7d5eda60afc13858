"""Defects of live events."""

from __future__ import annotations

from itertools import count
from typing import Any

from support.sabotage.breaking import Broken, instead_of
from support.sabotage.registry import defect, patch

STREAM = "support.platform.portal.stream"
EVENTS = "support.platform.events:Events"


@defect("REQ-RTU-001", "what happens to one customer is told to every customer")
def everybody_hears_everything() -> None:
    @instead_of(f"{EVENTS}.publish")
    def loud(publish: Broken, self: Any, session: Any, customer_id: str, *rest: Any, **more: Any) -> Any:
        from sqlalchemy import select

        from support.platform.tables import Customer

        for other in session.scalars(select(Customer.id).where(Customer.id != customer_id, Customer.deleted_at.is_(None))).all():
            publish(self, session, other, *rest, **more)
        return publish(self, session, customer_id, *rest, **more)


@defect("REQ-RTU-001", "any customer may follow any other")
def doors_open_to_all() -> None:
    _let_in(4403)


@defect("REQ-RTU-002", "every third event is lost on its way")
def events_get_lost() -> None:
    patch(f"{STREAM}:_Subscription.following", lambda following: lambda self: [event for event in following(self) if event.sequence % 3])


@defect("REQ-RTU-002", "of what happens together the newest is told first")
def newest_first() -> None:
    @instead_of(f"{STREAM}:_Subscription.following")
    def backwards(following: Broken, self: Any) -> Any:
        found = following(self)
        return [*sorted(found[:-1], key=lambda event: -event.sequence), *found[-1:]]


@defect("REQ-RTU-002", "each connection counts for itself")
def numbers_of_their_own() -> None:
    def broken(message: Broken) -> Broken:
        numbers = count(1)
        return lambda event: message(event) | {"sequence": next(numbers)}

    patch(f"{STREAM}:_message", broken)


@defect("REQ-RTU-006", "who has no valid token may listen as a guest")
def guests_may_listen() -> None:
    _let_in(4401)


@defect("REQ-RTU-006", "no token is good enough to follow the events")
def nobody_may_listen() -> None:
    @instead_of(f"{STREAM}:_subscribed")
    def unwelcoming(_subscribed: Broken, *_given: Any) -> Any:
        from support.platform.portal.stream import _Ended

        raise _Ended(4401, "token_invalid")


def _let_in(refusal: int) -> None:
    """Whoever would be refused with that code follows the events after all."""

    @instead_of(f"{STREAM}:_subscribed")
    def welcoming(subscribed: Broken, socket: Any, customer_id: str, services: Any) -> Any:
        from support.platform.identity.callers import Caller
        from support.platform.portal.stream import _Ended, _Subscription

        try:
            return subscribed(socket, customer_id, services)
        except _Ended as end:
            if end.code != refusal:
                raise
            return _Subscription(services, Caller("guest", "support", None), customer_id, frozenset(), 0)
