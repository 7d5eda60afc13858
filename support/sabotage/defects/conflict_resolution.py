"""Defects of conflict resolution."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from support.sabotage.breaking import Broken, instead_of, untold
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
    patch("support.platform.orchestrator.settlement:_reason", lambda _reason: lambda *_arguments, **_more: "settled by policy")


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
    patch(f"{ORCHESTRATOR}.conflicts:detect", lambda detect: lambda proposals: [replace(found, severity="medium") for found in detect(proposals)])


@defect("REQ-CNF-001", "two changes of which only one can be made are taken for a sequence")
def exclusive_changes_in_sequence() -> None:
    @instead_of(f"{ORCHESTRATOR}.proposals:relation")
    def lenient(relation: Broken, *sides: Any) -> Any:
        from support.platform.orchestrator.proposals import Relation

        how = relation(*sides)
        return Relation.IN_SEQUENCE if how is Relation.EXCLUSIVE else how


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


@defect("REQ-CNF-005", "half of a fleet is given to each side, whatever tolerates interruption")
def half_for_each() -> None:
    @instead_of(f"{ORCHESTRATOR}.hybrids:split")
    def halved(split: Broken, *sides: Any) -> Any:
        return split(*(replace(side, tolerant=frozenset(sorted(side.resources)[::2])) for side in sides))


@defect("REQ-CNF-005", "every customer is asked to share, whatever comes first")
def everybody_shares() -> None:
    patch(f"{ORCHESTRATOR}.settlement:_hybrids", lambda hybrids: lambda ranked, _preference: hybrids(ranked, "none"))


@defect("REQ-CNF-006", "what was to follow begins although what came first has failed")
def failure_opens_the_way() -> None:
    @instead_of("support.platform.optimizations.ending:cancel_following")
    def begin_all_the_same(_cancel_following: Broken, engine: Any, session: Any, row: Any) -> None:
        from support.platform.optimizations import ending

        for following in ending._following(session, row):
            ending.begin_waiting(engine, session, following)


@defect("REQ-CNF-006", "a sequence is carried out last things first")
def sequence_reversed() -> None:
    patch(f"{ORCHESTRATOR}.settlement:_order", lambda order: lambda carried: tuple(reversed(order(carried))))


@defect("REQ-CNF-007", "the record forgets who won")
def winner_not_recorded() -> None:
    @instead_of(f"{ORCHESTRATOR}.resolutions:keep")
    def forget(keep: Broken, *asked: Any) -> Any:
        kept = keep(*asked)
        kept.chosen = None
        return kept


@defect("REQ-CNF-007", "a sequence is recorded without its order")
def order_not_recorded() -> None:
    @instead_of(f"{ORCHESTRATOR}.resolutions:keep")
    def unordered(keep: Broken, *asked: Any) -> Any:
        kept = keep(*asked)
        kept.execution_order = [] if kept.strategy == "sequential_execution" else kept.execution_order
        return kept


@defect("REQ-CNF-008", "the loser is left lying about")
def loser_left_pending() -> None:
    patch("support.platform.recommendations.decisions:turn_down", lambda _: lambda *_asked: None)


@defect("REQ-CNF-008", "a decision is carried out before anybody asked for it")
def settled_is_done() -> None:
    @instead_of(f"{ORCHESTRATOR}.resolutions:keep")
    def rush(keep: Broken, services: Any, session: Any, asked: Any, settlement: Any, user: str) -> Any:
        from support.platform.orchestrator.resolutions import carry_out

        kept = keep(services, session, asked, settlement, user)
        carry_out(services, session, kept, asked, user)
        return kept


@defect("REQ-CNF-008", "each side of a split is carried out for the whole fleet")
def split_not_carried_out() -> None:
    patch(f"{ORCHESTRATOR}.resolutions:_narrow", lambda _: lambda *_asked: None)


@defect("REQ-CNF-009", "the losing agents hear nothing")
def losers_not_told() -> None:
    @instead_of(f"{ORCHESTRATOR}.resolutions:_tell")
    def winners_only(tell: Broken, services: Any, session: Any, resolution: Any, asked: Sequence[Any], user: str) -> None:
        tell(services, session, resolution, [one for one in asked if one.id in resolution.execution_order], user)


@defect("REQ-CNF-009", "the orchestrator is not told of what it decided")
def orchestrator_not_told() -> None:
    untold("resolution_executed", "orchestrator")


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


@defect("REQ-CNF-017", "what a loser needed is dropped with it")
def needs_dropped_too() -> None:
    @instead_of(f"{ORCHESTRATOR}.settlement:settle")
    def thorough(settle: Broken, proposals: Any, preference: Any) -> Any:
        from support.platform.orchestrator.settlement import Dropped

        known = {one.id: one for one in proposals}
        found = settle(known.values(), preference)
        more = tuple(Dropped(name, loser.in_favour_of) for loser in found.dropped for name in known[loser.recommendation_id].dependencies)
        gone = {each.recommendation_id for each in more}
        return replace(found, dropped=(*found.dropped, *more), order=tuple(name for name in found.order if name not in gone))
