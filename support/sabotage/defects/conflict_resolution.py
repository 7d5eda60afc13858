"""Defects of conflict resolution."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from threading import Event, Lock
from typing import Any

from support.sabotage.registry import defect, patch

ORCHESTRATOR = "support.platform.orchestrator"


@defect("REQ-CNF-003", "the customer's preference is not asked for")
def preference_ignored() -> None:
    patch("support.platform.orchestrator.ranking:criteria", lambda criteria: lambda _preference: criteria("none"))


@defect("REQ-CNF-004", "without a preference the largest saving wins")
def savings_always_first() -> None:
    patch("support.platform.orchestrator.ranking:criteria", lambda criteria: lambda _preference: criteria("savings"))


@defect("REQ-CNF-007", "the reason on record is always the same")
def reason_is_a_formula() -> None:
    def broken(_reason: Callable[..., str]) -> Callable[..., str]:
        return lambda *_arguments, **_more: "settled by policy"

    patch("support.platform.orchestrator.settlement:_reason", broken)


@defect("REQ-CNF-003", "who comes first in the question wins")
def first_come_first_served() -> None:
    def broken(_by_priority: Callable[..., Any]) -> Callable[..., Any]:
        return lambda proposals, _preference: sorted(proposals, key=lambda proposal: proposal.agent_type, reverse=True)

    patch("support.platform.orchestrator.ranking:by_priority", broken)


@defect("REQ-CNF-001", "circles of more than two are overlooked")
def long_circles_overlooked() -> None:
    def broken(detect: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
        return lambda proposals: [found for found in detect(proposals) if found.kind != "dependency" or len(found.recommendation_ids) == 2]

    patch(f"{ORCHESTRATOR}.conflicts:detect", broken)


@defect("REQ-CNF-001", "every conflict is called a medium one")
def severity_is_a_formality() -> None:
    def broken(detect: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
        return lambda proposals: [replace(found, severity="medium") for found in detect(proposals)]

    patch(f"{ORCHESTRATOR}.conflicts:detect", broken)


@defect("REQ-CNF-002", "an order that the agents agree on is taken for a conflict")
def agreed_order_is_a_conflict() -> None:
    patch(f"{ORCHESTRATOR}.conflicts:_ordered_by_dependency", lambda _: lambda _one, _other: False)


@defect("REQ-CNF-002", "all nodes of a customer are taken for one")
def nodes_confused() -> None:
    def broken(proposals: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
        return lambda *asked: [replace(one, resources=frozenset({"the fleet"})) for one in proposals(*asked)]

    patch(f"{ORCHESTRATOR}.candidates:proposals", broken)


@defect("REQ-CNF-004", "of two alike the confident one does not win")
def confidence_not_asked_for() -> None:
    def broken(criteria: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
        return lambda preference: [one for one in criteria(preference) if "confident" not in one.words]

    patch(f"{ORCHESTRATOR}.ranking:criteria", broken)


@defect("REQ-CNF-005", "the shares of a split are cut off instead of rounded")
def shares_cut_off() -> None:
    patch(f"{ORCHESTRATOR}.hybrids:_whole_percent", lambda _: lambda part, whole: 100 * part // whole)


@defect("REQ-CNF-005", "a split promises the saving of the whole")
def split_saves_everything() -> None:
    patch(f"{ORCHESTRATOR}.hybrids:saving_on", lambda _: lambda spot, _moving: spot.saving)


@defect("REQ-CNF-005", "a split is as risky as the whole")
def split_keeps_the_risk() -> None:
    patch(f"{ORCHESTRATOR}.hybrids:_risk", lambda _: lambda risk, **_shares: risk)


@defect("REQ-CNF-006", "what was to follow begins although what came first has failed")
def failure_opens_the_way() -> None:
    def broken(_cancel_following: Callable[..., None]) -> Callable[..., None]:
        def begin_all_the_same(engine: Any, session: Any, row: Any) -> None:  # noqa: ANN401 - as the original
            from support.platform.optimizations import ending

            for following in ending._following(session, row):  # noqa: SLF001 - a defect stands where the code stands
                ending.begin_waiting(engine, session, following)

        return begin_all_the_same

    patch("support.platform.optimizations.ending:cancel_following", broken)


@defect("REQ-CNF-006", "a sequence is carried out last things first")
def sequence_reversed() -> None:
    patch(f"{ORCHESTRATOR}.settlement:_order", lambda order: lambda carried: tuple(reversed(order(carried))))


@defect("REQ-CNF-007", "the record forgets who won")
def winner_not_recorded() -> None:
    def broken(keep: Callable[..., Any]) -> Callable[..., Any]:
        def forget(*asked: Any) -> Any:  # noqa: ANN401 - as the original
            kept = keep(*asked)
            kept.chosen = None
            return kept

        return forget

    patch(f"{ORCHESTRATOR}.resolutions:keep", broken)


@defect("REQ-CNF-008", "the loser is left lying about")
def loser_left_pending() -> None:
    patch("support.platform.recommendations.decisions:turn_down", lambda _: lambda *_asked: None)


@defect("REQ-CNF-008", "a decision is carried out before anybody asked for it")
def settled_is_done() -> None:
    def broken(keep: Callable[..., Any]) -> Callable[..., Any]:
        def rush(services: Any, session: Any, asked: Any, settlement: Any, user: str) -> Any:  # noqa: ANN401 - as the original
            from support.platform.orchestrator.resolutions import carry_out

            kept = keep(services, session, asked, settlement, user)
            carry_out(services, session, kept, asked, user)
            return kept

        return rush

    patch(f"{ORCHESTRATOR}.resolutions:keep", broken)


@defect("REQ-CNF-009", "the losing agents hear nothing")
def losers_not_told() -> None:
    def broken(tell: Callable[..., None]) -> Callable[..., None]:
        def winners_only(services: Any, session: Any, resolution: Any, asked: Sequence[Any], user: str) -> None:  # noqa: ANN401 - as the original
            tell(services, session, resolution, [one for one in asked if one.id in resolution.execution_order], user)

        return winners_only

    patch(f"{ORCHESTRATOR}.resolutions:_tell", broken)


@defect("REQ-CNF-009", "the orchestrator is not told of what it decided")
def orchestrator_not_told() -> None:
    def broken(publish: Callable[..., int]) -> Callable[..., int]:
        def silent(self: Any, session: Any, customer_id: str, event_type: str, agent: str, *rest: Any, **more: Any) -> int:  # noqa: ANN401
            if event_type == "resolution_executed" and agent == "orchestrator":
                return 0
            return publish(self, session, customer_id, event_type, agent, *rest, **more)

        return silent

    patch("support.platform.events:Events.publish", broken)


@defect("REQ-CNF-010", "whoever is named first wins")
def named_first_wins() -> None:
    patch(f"{ORCHESTRATOR}.ranking:by_priority", lambda _: lambda proposals, _preference: list(proposals))


def _pair_by_pair() -> None:
    """Whoever loses to anybody is dropped, also when the winner is dropped in turn."""

    def carried(_carried: Callable[..., Any]) -> Callable[..., Any]:
        from support.platform.orchestrator.settlement import _barred

        return lambda ranked, _known, hybrid: frozenset(
            one.id for place, one in enumerate(ranked) if not any(_barred(one, other, hybrid) for other in ranked[:place])
        )

    def bar(_bar: Callable[..., Any]) -> Callable[..., Any]:
        from support.platform.orchestrator.settlement import _barred

        return lambda loser, known, _winners, hybrid: next(other for other in known.values() if other is not loser and _barred(loser, other, hybrid))

    patch(f"{ORCHESTRATOR}.settlement:_carried", carried)
    patch(f"{ORCHESTRATOR}.settlement:_bar", bar)


@defect("REQ-CNF-011", "three sides are settled pair by pair")
def three_sides_in_pairs() -> None:
    _pair_by_pair()


@defect("REQ-CNF-017", "a recommendation is dropped for one that is dropped itself")
def dropped_for_a_loser() -> None:
    _pair_by_pair()


@defect("REQ-CNF-012", "a circle is refused without saying who is in it")
def circle_not_named() -> None:
    def broken(circular: Callable[..., Any]) -> Callable[..., Any]:
        return lambda _ways: circular("they wait for each other")

    patch(f"{ORCHESTRATOR}.resolutions:_circular", broken)


@defect("REQ-CNF-012", "a change begins before what it needs")
def needs_forgotten() -> None:
    patch("support.platform.recommendations.decisions:open_dependencies", lambda _: lambda _session, _recommendation: [])


@defect("REQ-CNF-012", "what waits for its turn is never begun")
def turn_forgotten() -> None:
    patch("support.platform.optimizations.ending:begin_waiting", lambda _: lambda *_asked: False)


@defect("REQ-CNF-012", "who carries a decision out while somebody else does waits for ever")
def second_waits_for_ever() -> None:
    door = Lock()

    def broken(execute: Callable[..., list[str]]) -> Callable[..., list[str]]:
        def shut(*asked: Any) -> list[str]:  # noqa: ANN401 - as the original
            if not door.acquire(blocking=False):
                Event().wait()
            try:
                return execute(*asked)
            finally:
                door.release()

        return shut

    patch(f"{ORCHESTRATOR}.resolutions:execute", broken)


@defect("REQ-CNF-013", "nobody reserves what is being changed")
def nothing_reserved() -> None:
    patch("support.platform.optimizations.locks:take_locks", lambda _: lambda *_asked: [])


@defect("REQ-CNF-013", "a change of nodes in two fleets reserves the nodes and neither fleet")
def fleets_not_reserved() -> None:
    def broken(resources_of: Callable[..., list[str]]) -> Callable[..., list[str]]:
        def nodes_only(session: Any, customer_id: str, plan: Any) -> list[str]:  # noqa: ANN401 - as the original
            found = resources_of(session, customer_id, plan)
            fleets = [name for name in found if name.startswith("deployment:")]
            return [name for name in found if name not in fleets] if len(fleets) > 1 else found

        return nodes_only

    patch("support.platform.optimizations.locks:resources_of", broken)


@defect("REQ-CNF-013", "a change of one fleet keeps every other fleet of its customer waiting")
def everything_reserved() -> None:
    def broken(resources_of: Callable[..., list[str]]) -> Callable[..., list[str]]:
        return lambda *asked: [*resources_of(*asked), "everything"]

    patch("support.platform.optimizations.locks:resources_of", broken)


@defect("REQ-CNF-014", "an approval of an old version is as good as any")
def version_not_compared() -> None:
    def broken(undecided: Callable[..., Any]) -> Callable[..., Any]:
        return lambda services, session, recommendation, _version=None: undecided(services, session, recommendation)

    patch("support.platform.recommendations.decisions:undecided", broken)


@defect("REQ-CNF-014", "a resolution outlives the facts that it was built on")
def resolution_never_stale() -> None:
    def broken(_changed: Callable[..., Any]) -> Callable[..., Any]:
        def unaware(services: Any, session: Any, recommendation: Any, _resolution: Any) -> Any:  # noqa: ANN401 - as the original
            from support.platform.recommendations.decisions import undecided

            return undecided(services, session, recommendation)

        return unaware

    patch(f"{ORCHESTRATOR}.resolutions:_changed", broken)


@defect("REQ-CNF-015", "carrying a resolution out again is answered with another change")
def second_execution_answers_anew() -> None:
    numbers = count()

    def broken(execute: Callable[..., list[str]]) -> Callable[..., list[str]]:
        return lambda *asked: [f"{each}{next(numbers)}" for each in execute(*asked)]

    patch(f"{ORCHESTRATOR}.resolutions:execute", broken)


@defect("REQ-CNF-016", "nobody looks whether what is named exists")
def names_not_looked_up() -> None:
    def broken(_problems: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        return lambda *_asked: iter(())

    patch("support.platform.recommendations.submission:_problems", broken)


@defect("REQ-CNF-016", "any number will do for a confidence or a saving")
def figures_without_bounds() -> None:
    def broken(submission: type) -> type:
        from decimal import Decimal

        class Lax(submission):  # type: ignore[misc]  # made from whatever the platform takes
            estimated_savings: Decimal
            confidence: Decimal

        Lax.__name__ = submission.__name__
        return Lax

    patch("support.platform.recommendations.schemas:Submission", broken)
