"""Defects of decisions: approvals, rejections, permissions and their time limits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from support.sabotage.breaking import Broken, instead_of, untold
from support.sabotage.registry import defect, patch

DECISIONS = "support.platform.recommendations.decisions"


@defect("REQ-JRN-008", "each approval of what is approved already starts another change")
def every_approval_starts() -> None:
    @instead_of("support.platform.optimizations.service:start_in_order")
    def eager(start: Broken, services: Any, session: Any, names: Any, **more: Any) -> Any:
        from support.platform.optimizations.service import _make, engine_of
        from support.platform.tables import Recommendation

        recommendation = session.get_one(Recommendation, names[0])
        begun = start(services, session, names, **more)
        _make(engine_of(services), session, recommendation, more["trigger"], None, begun[-1])
        return begun


@defect("REQ-JRN-008", "an approval is put on record and starts nothing")
def approval_starts_nothing() -> None:
    patch("support.platform.optimizations.engine:Engine.start_after_commit", lambda _: lambda *_given: None)


@defect("REQ-JRN-008", "an approval that is sent again is refused")
def repetition_refused() -> None:
    patch(f"{DECISIONS}:APPROVED", lambda _: ())


@defect("REQ-JRN-014", "a rejected recommendation is begun with the next look at the fleet")
def rejected_but_begun() -> None:
    @instead_of(f"{DECISIONS}:turn_down")
    def deaf(turn_down: Broken, services: Any, session: Any, recommendation: Any, user: str, reason: str) -> None:
        from support.platform.optimizations.service import start_in_order

        turn_down(services, session, recommendation, user, reason)
        start_in_order(services, session, [recommendation.id], trigger="automatic")


@defect("REQ-JRN-014", "the reason of a rejection is forgotten")
def reason_forgotten() -> None:
    def broken(turn_down: Callable[..., None]) -> Callable[..., None]:
        return lambda services, session, recommendation, user, _reason: turn_down(services, session, recommendation, user, "rejected")

    patch(f"{DECISIONS}:turn_down", broken)


@defect("REQ-JRN-014", "an agent that was rejected is as sure as before")
def agents_never_learn() -> None:
    patch("support.platform.recommendations.service:REJECTION_FACTOR", lambda factor: type(factor)(1))


@defect("REQ-JRN-014", "what was rejected is recommended again with the next look at the fleet")
def agents_keep_asking() -> None:
    patch("support.platform.recommendations.service:COOL_DOWN", lambda _: {})


@defect("REQ-JRN-015", "several approvals are carried out in the order in which they are named")
def order_as_named() -> None:
    @instead_of("support.platform.orchestrator.resolutions:decide")
    def naive(decide: Broken, session: Any, customer_id: str, asked: Any, preference: Any) -> Any:
        from dataclasses import replace

        settled = decide(session, customer_id, asked, preference)
        return replace(settled, order=tuple(one.id for one in asked if one.id in settled.order))


@defect("REQ-JRN-015", "of several approvals all are carried out, whatever they contradict")
def contradictions_carried_out() -> None:
    @instead_of("support.platform.orchestrator.resolutions:decide")
    def naive(decide: Broken, session: Any, customer_id: str, asked: Any, preference: Any) -> Any:
        from dataclasses import replace

        settled = decide(session, customer_id, asked, preference)
        return replace(settled, order=tuple(one.id for one in asked), dropped=(), hybrid=None)


@defect("REQ-JRN-016", "an approval stays open for ever")
def approvals_never_lapse() -> None:
    patch("support.platform.recommendations.lapse:expiry", lambda _: lambda _risk, _created: None)


@defect("REQ-JRN-016", "every approval lapses an hour too early")
def approvals_lapse_early() -> None:
    def broken(spans: dict[str, timedelta]) -> dict[str, timedelta]:
        return {risk: span - timedelta(hours=1) for risk, span in spans.items()}

    patch("support.platform.recommendations.lapse:LAPSE", broken)


@defect("REQ-JRN-016", "critical risks stay open as long as high ones")
def critical_like_high() -> None:
    patch("support.platform.recommendations.lapse:LAPSE", lambda spans: {**spans, "critical": spans["high"]})


@defect("REQ-JRN-017", "what is decided can be decided again")
def decided_again() -> None:
    @instead_of(f"{DECISIONS}:undecided")
    def forgetful(undecided: Broken, services: Any, session: Any, recommendation: Any, version: int | None = None) -> Any:
        refusal = undecided(services, session, recommendation, version)
        return None if refusal is not None and refusal.document.code == "already_decided" else refusal


@defect("REQ-JRN-017", "the last reason of a rejection replaces the first")
def reason_overwritten() -> None:
    @instead_of(f"{DECISIONS}:reject")
    def fickle(reject: Broken, services: Any, customer_id: str, name: str, user: str, reason: str, version: int | None = None) -> str:
        from support.platform.tables import Recommendation

        reject(services, customer_id, name, user, reason, version)
        with services.database.session() as session:
            session.get_one(Recommendation, name).rejection_reason = reason
        return reason


@defect("REQ-JRN-018", "low risks are carried out although the customer has not allowed it")
def permission_presumed() -> None:
    @instead_of("support.platform.fleet.policies:policy_of")
    def presuming(policy_of: Broken, customer: Any) -> Any:
        from dataclasses import replace

        return replace(policy_of(customer), auto_execute_low_risk=True)


@defect("REQ-JRN-018", "a low risk that nobody has decided on for an hour is carried out")
def silence_is_consent() -> None:
    @instead_of("support.platform.recommendations.automatic:execute_permitted")
    def impatient(execute: Broken, services: Any, customer_id: str) -> None:
        from sqlalchemy import select

        from support.platform.recommendations.decisions import approve
        from support.platform.tables import Recommendation as Advice

        execute(services, customer_id)
        old = Advice.created_at <= services.clock.now() - timedelta(hours=1)
        waiting = select(Advice.id).where(Advice.customer_id == customer_id, Advice.status == "pending", Advice.risk_level == "low", old)
        with services.database.reading() as session:
            names = session.scalars(waiting).all()
        for name in names:
            approve(services, customer_id, name, "system")


@defect("REQ-JRN-018", "a permission counts for every risk")
def permission_stretched() -> None:
    @instead_of("support.platform.recommendations.automatic:execute_permitted")
    def bold(execute: Broken, services: Any, customer_id: str) -> None:
        from sqlalchemy import select

        from support.platform.fleet.policies import policy_of
        from support.platform.recommendations.decisions import approve
        from support.platform.tables import Customer, Recommendation

        execute(services, customer_id)
        with services.database.reading() as session:
            allowed = policy_of(session.get_one(Customer, customer_id)).auto_execute_low_risk
            open_ones = select(Recommendation.id).where(Recommendation.customer_id == customer_id, Recommendation.status == "pending")
            names = session.scalars(open_ones).all() if allowed else ()
        for name in names:
            approve(services, customer_id, name, "system")


@defect("REQ-JRN-018", "even what is allowed waits for somebody to ask")
def permission_ignored() -> None:
    patch("support.platform.recommendations.automatic:execute_permitted", lambda _: lambda _services, _customer: None)


@defect("REQ-JRN-015", "of several approvals only the first is carried out")
def only_the_first_of_several() -> None:
    @instead_of("support.platform.orchestrator.resolutions:decide")
    def lazy(decide: Broken, session: Any, customer_id: str, asked: Any, preference: Any) -> Any:
        from dataclasses import replace

        settled = decide(session, customer_id, asked, preference)
        return replace(settled, order=settled.order[:1])


@defect("REQ-JRN-015", "several approvals at once make good what has lapsed")
def lapsed_among_several() -> None:
    from support.platform.recommendations import bulk

    vars(bulk)["undecided"] = lambda *_given: None


@defect("REQ-JRN-016", "a low risk lapses after a week")
def low_risk_lapses() -> None:
    patch("support.platform.recommendations.lapse:LAPSE", lambda spans: {**spans, "low": timedelta(days=7)})


@defect("REQ-JRN-017", "what has lapsed can still be rejected")
def lapsed_but_rejected() -> None:
    @instead_of(f"{DECISIONS}:reject")
    def late(reject: Broken, services: Any, customer_id: str, name: str, user: str, reason: str, version: int | None = None) -> Any:
        from support.platform.tables import Recommendation

        with services.database.session() as session:
            recommendation = session.get_one(Recommendation, name)
            if recommendation.status == "expired":
                recommendation.status, recommendation.expires_at = "pending", None
        return reject(services, customer_id, name, user, reason, version)


@defect("REQ-JRN-017", "nobody is told that a recommendation was approved")
def approval_in_silence() -> None:
    untold("recommendation_approved")
