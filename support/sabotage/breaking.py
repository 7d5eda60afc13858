"""The ways of breaking that several defects share; each stands in for something that stands at `package.module:name`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from support.sabotage.registry import patch

Broken = Callable[..., Any]


def instead_of(place: str) -> Callable[[Broken], Broken]:
    """Calls of what stands at that place go to the decorated function, which gets the original before their arguments."""

    def stand_in(wrong: Broken) -> Broken:
        patch(place, lambda original: lambda *given, **named: wrong(original, *given, **named))
        return wrong

    return stand_in


def untold(wanted: str, agent: str | None = None) -> None:
    """Events of that type are not published: all of them, or those of one agent."""

    @instead_of("support.platform.events:Events.publish")
    def silent(publish: Broken, self: Any, session: Any, customer_id: str, event_type: str, source: str, *rest: Any, **more: Any) -> None:
        if event_type != wanted or agent not in {None, source}:
            publish(self, session, customer_id, event_type, source, *rest, **more)


def shown(place: str, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
    """Documents of that class show, of the values that they are made from, some otherwise: those that `change` answers."""

    def broken(answer: type) -> type:
        class Wrong(answer):  # type: ignore[misc]  # made from whatever the platform answers with
            def __init__(self, **values: Any) -> None:
                super().__init__(**{**values, **change(values)})

        Wrong.__name__ = answer.__name__
        return Wrong

    patch(place, broken)


def loosened(place: str, **parts: Any) -> None:
    """Requests of that class take whatever is of these types, by the names of their parts."""
    patch(place, lambda asked: type(asked.__name__, (asked,), {"__annotations__": parts, "__module__": asked.__module__}))


def first_look_for_ever() -> None:
    """What the first look at a fleet has found is never replaced by what a later one finds."""
    known: set[str] = set()

    @instead_of("support.platform.fleet.records:keep")
    def once(keep: Broken, session: Any, customer_id: str, fleet: Any) -> None:
        if customer_id not in known:
            keep(session, customer_id, fleet)
        known.add(customer_id)


def at_start(act: Callable[[Any, Any], None]) -> None:
    """A platform that starts does this, with its engine, for the record of each change that was under way, before it goes on with it."""

    @instead_of("support.platform.optimizations.engine:Engine.open")
    def start(opened: Broken, engine: Any) -> None:
        for record in engine.journal.unfinished():
            act(engine, record)
        opened(engine)


def tell(engine: Any, record: Any, event: str, payload: Mapping[str, Any]) -> None:
    """Has the customer told that of the change, whether or not it is true."""
    from support.platform.tables import Optimization

    with engine.services.database.session() as session:
        engine.journal.tell(session, session.get_one(Optimization, record.id), event, dict(payload))
