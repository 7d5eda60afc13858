"""Defects of changes that somebody else makes at the same time, and of what is asked for twice or never was."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import count
from threading import Event, Lock
from typing import Any

from support.sabotage.breaking import Broken, instead_of, loosened
from support.sabotage.registry import defect, patch

ORCHESTRATOR = "support.platform.orchestrator"


@defect("REQ-CNF-012", "a circle is refused without saying who is in it")
def circle_not_named() -> None:
    patch(f"{ORCHESTRATOR}.resolutions:_circular", lambda circular: lambda _ways: circular("they wait for each other"))


@defect("REQ-CNF-012", "a change begins before what it needs")
def needs_forgotten() -> None:
    patch("support.platform.recommendations.decisions:open_dependencies", lambda _: lambda _session, _recommendation: [])


@defect("REQ-CNF-012", "what waits for its turn is never begun")
def turn_forgotten() -> None:
    patch("support.platform.optimizations.ending:begin_waiting", lambda _: lambda *_asked: False)


@defect("REQ-CNF-012", "who carries a decision out while somebody else does waits for ever")
def second_waits_for_ever() -> None:
    door = Lock()

    @instead_of(f"{ORCHESTRATOR}.resolutions:execute")
    def shut(execute: Broken, *asked: Any) -> Any:
        if not door.acquire(blocking=False):
            Event().wait()
        try:
            return execute(*asked)
        finally:
            door.release()


@defect("REQ-CNF-013", "nobody reserves what is being changed")
def nothing_reserved() -> None:
    patch("support.platform.optimizations.locks:take_locks", lambda _: lambda *_asked: [])


@defect("REQ-CNF-013", "a change of nodes in two fleets reserves the nodes and neither fleet")
def fleets_not_reserved() -> None:
    @instead_of("support.platform.optimizations.locks:resources_of")
    def nodes_only(resources_of: Broken, session: Any, customer_id: str, plan: Any) -> list[str]:
        found = resources_of(session, customer_id, plan)
        fleets = [name for name in found if name.startswith("deployment:")]
        return [name for name in found if name not in fleets] if len(fleets) > 1 else found


@defect("REQ-CNF-013", "a change of one fleet keeps every other fleet of its customer waiting")
def everything_reserved() -> None:
    patch("support.platform.optimizations.locks:resources_of", lambda resources_of: lambda *asked: [*resources_of(*asked), "everything"])


@defect("REQ-CNF-013", "what was reserved for a change stays reserved when it has ended")
def reserved_for_ever() -> None:
    patch("support.platform.optimizations.ending:give_back_locks", lambda _: lambda *_asked: None)


@defect("REQ-CNF-014", "an approval of an old version is as good as any")
def version_not_compared() -> None:
    def broken(undecided: Callable[..., Any]) -> Callable[..., Any]:
        return lambda services, session, recommendation, _version=None: undecided(services, session, recommendation)

    patch("support.platform.recommendations.decisions:undecided", broken)


@defect("REQ-CNF-014", "what was revised once can never be decided again")
def revised_is_outdated() -> None:
    @instead_of("support.platform.recommendations.decisions:_outdated")
    def strict(outdated: Broken, recommendation: Any, version: int | None) -> Any:
        return outdated(recommendation, version if recommendation.version == 1 else 1)


@defect("REQ-CNF-014", "a resolution outlives the facts that it was built on")
def resolution_never_stale() -> None:
    @instead_of(f"{ORCHESTRATOR}.resolutions:_changed")
    def unaware(_changed: Broken, services: Any, session: Any, recommendation: Any, _resolution: Any) -> Any:
        from support.platform.recommendations.decisions import undecided

        return undecided(services, session, recommendation)


@defect("REQ-CNF-015", "carrying a resolution out again is answered with another change")
def second_execution_answers_anew() -> None:
    numbers = count()

    patch(f"{ORCHESTRATOR}.resolutions:execute", lambda execute: lambda *asked: [f"{each}{next(numbers)}" for each in execute(*asked)])


@defect("REQ-CNF-016", "nobody looks whether what is named exists")
def names_not_looked_up() -> None:
    patch("support.platform.recommendations.submission:_problems", lambda _problems: lambda *_asked: iter(()))


@defect("REQ-CNF-016", "any number will do for a confidence or a saving")
def figures_without_bounds() -> None:
    loosened("support.platform.recommendations.schemas:Submission", estimated_savings=Decimal, confidence=Decimal)
