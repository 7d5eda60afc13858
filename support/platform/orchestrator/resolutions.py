"""Settling conflicts of a customer's recommendations, and doing what was decided: exactly that, and once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from support.platform import ids
from support.platform.fleet.policies import policy_of
from support.platform.locking import LOCKED, lock_customer, locked_customer
from support.platform.orchestrator.candidates import in_the_way, proposals
from support.platform.orchestrator.conflicts import Conflict, detect
from support.platform.orchestrator.groups import in_groups
from support.platform.orchestrator.hybrids import Hybrid
from support.platform.orchestrator.settlement import DependencyCircle, Settlement, settle
from support.platform.problems import Refusal, conflict
from support.platform.recommendations.decisions import admit, of_one_customer, open_dependencies, turn_down, undecided, unfit
from support.platform.services import Services
from support.platform.tables import Recommendation, Resolution
from support.platform.values import money_text


def resolve(services: Services, customer_id: str, recommendation_ids: Sequence[str], user: str) -> Resolution:
    """Decides among these recommendations and keeps the decision; nothing is carried out yet.

    Raises 422 for what is not the customer's, and 409 for one that is already decided or lapsed, and for a circle of dependencies, which is
    told as a conflict and not decided.
    """
    late: Refusal | None = None
    with services.database.session() as session:
        customer = locked_customer(session, customer_id)
        asked = of_one_customer(session, customer_id, list(recommendation_ids), "recommendation_ids")
        late = next((refusal for one in asked if (refusal := undecided(services, session, one)) is not None), None)
        late = late or _circle(services, session, customer_id, asked)
        if late is None:
            settlement = decide(session, customer_id, asked, policy_of(customer).preference)
            return keep(services, session, asked, settlement, user)
    raise late  # after the block, so that what was found on the way is kept


def _circle(services: Services, session: Session, customer_id: str, asked: Sequence[Recommendation]) -> Refusal | None:
    """Circles among what is asked are told as the conflicts that they are, and are the reason why nothing can be decided."""
    if not any(one.dependencies for one in asked):
        return None
    found = [one for one in detect(proposals(session, customer_id, asked)) if one.kind == "dependency"]
    for circle in found:
        services.events.publish(session, customer_id, "conflict_detected", "orchestrator", {"resolution_id": None, **_conflict(circle)})
    return _circular("; ".join(" -> ".join((*one.recommendation_ids, one.recommendation_ids[0])) for one in found)) if found else None


def _circular(ways: str) -> Refusal:
    return conflict("dependency_circle", f"These recommendations wait for each other, so that none can begin: {ways}.")


def decide(session: Session, customer_id: str, asked: Sequence[Recommendation], preference: Any) -> Settlement:  # noqa: ANN401  a Preference, from the policy
    """The settlement of these recommendations. 409 `dependency_circle` names the circle, and nothing is decided."""
    try:
        return settle(proposals(session, customer_id, asked), preference)
    except DependencyCircle as circle:
        raise _circular(str(circle)) from None


def keep(services: Services, session: Session, asked: Sequence[Recommendation], settlement: Settlement, user: str) -> Resolution:
    """Puts the decision on record, with the versions that it rests on."""
    customer_id = asked[0].customer_id
    resolution = Resolution(
        id=ids.new_id("res"),
        customer_id=customer_id,
        recommendation_ids=[one.id for one in asked],
        recommendation_versions={one.id: one.version for one in asked},
        conflicts=[_conflict(found) for found in settlement.conflicts],
        strategy=settlement.strategy,
        chosen=settlement.chosen,
        dropped=[asdict(one) for one in settlement.dropped],
        hybrid=_hybrid(settlement.hybrid),
        execution_order=list(settlement.order),
        reason=settlement.reason,
        created_at=services.clock.now(),
        optimization_ids=[],
    )
    session.add(resolution)
    session.flush()
    told = {"resolution_id": resolution.id, "strategy": resolution.strategy, "reason": resolution.reason}
    for found in settlement.conflicts:
        payload = {"resolution_id": resolution.id, **_conflict(found)}
        services.events.publish(session, customer_id, "conflict_detected", "orchestrator", payload)
    if settlement.conflicts:
        services.events.publish(session, customer_id, "conflict_resolved", "orchestrator", {**told, "execution_order": resolution.execution_order})
    details = {**told, "chosen": resolution.chosen, "dropped": resolution.dropped, "execution_order": resolution.execution_order}
    services.audit.record(session, customer_id, user, "conflict_resolved", "resolution", resolution.id, details)
    return resolution


def execute(services: Services, customer_id: str, resolution_id: str, user: str) -> list[str]:
    """Carries the resolution out and answers its optimizations, the same ones however often it is asked.

    Raises 409 `stale_version` if a recommendation changed since, and whatever else stands against one of those to be carried out.
    """
    late: Refusal | None = None
    with services.database.session() as session:
        lock_customer(session, customer_id)
        resolution = session.get_one(Resolution, resolution_id, with_for_update=LOCKED, populate_existing=True)
        if resolution.executed_at is not None:
            return list(resolution.optimization_ids)
        asked = of_one_customer(session, customer_id, resolution.recommendation_ids, "recommendation_ids")
        late = next((refusal for one in asked if (refusal := _changed(services, session, one, resolution)) is not None), None)
        if late is None:
            return carry_out(services, session, resolution, asked, user)
    raise late


def carry_out(services: Services, session: Session, resolution: Resolution, asked: Sequence[Recommendation], user: str) -> list[str]:
    """Approves and starts what is to be done, turns down what is dropped, and tells everybody."""
    from support.platform.optimizations.service import start_in_order

    known = {one.id: one for one in asked}
    carried = [known[name] for name in resolution.execution_order]
    for recommendation in carried:
        _check(session, recommendation, set(known))
    for dropped in resolution.dropped:
        winner = known[dropped["in_favour_of"]]
        reason = f"Dropped in favour of {winner.type.replace('_', ' ')} ({winner.id}) by resolution {resolution.id}."
        turn_down(services, session, known[dropped["recommendation_id"]], user, reason)
    if resolution.hybrid:
        _narrow(known, resolution.hybrid)
    for recommendation in carried:
        admit(services, session, recommendation, user, f"resolution {resolution.id}")
    session.flush()
    groups = in_groups(session, resolution.customer_id, carried)
    started = dict[str, str]()
    for group in groups:
        names = [one.id for one in group]
        begun = start_in_order(services, session, names, trigger="resolution", resolution_id=resolution.id)
        started |= dict(zip(names, begun, strict=True))
    for recommendation in carried:
        recommendation.optimization_id = started[recommendation.id]
    resolution.executed_at = services.clock.now()
    resolution.optimization_ids = [started[one.id] for one in carried]
    _tell(services, session, resolution, asked, user)
    return list(resolution.optimization_ids)


def _changed(services: Services, session: Session, recommendation: Recommendation, resolution: Resolution) -> Refusal | None:
    if recommendation.version != resolution.recommendation_versions[recommendation.id]:
        detail = f"{recommendation.id} has changed since the conflict was settled: settle it again."
        return conflict("stale_version", detail, current_version=recommendation.version)
    return undecided(services, session, recommendation)


def _check(session: Session, recommendation: Recommendation, settled: set[str]) -> None:
    refusal = unfit(session, recommendation)
    if refusal is not None:
        raise refusal
    waiting = sorted(set(open_dependencies(session, recommendation)) - settled)
    if waiting:
        raise conflict("dependency_open", f"{recommendation.id} depends on what has not been carried out: {', '.join(waiting)}.")
    others = [other.id for other in in_the_way(session, recommendation) if other.id not in settled]
    if others:
        raise conflict("conflict_unresolved", f"{recommendation.id} cannot be carried out together with {', '.join(others)}: settle them together.")


def _narrow(known: dict[str, Recommendation], hybrid: dict[str, Any]) -> None:
    """Each side gets its share of the nodes, and the side that saves the saving and the risk of the split."""
    for share in hybrid["shares"]:
        recommendation = known[share["recommendation_id"]]
        recommendation.affected_resources = list(share["resources"])
        recommendation.version += 1
        if recommendation.type == "spot_migration":
            recommendation.estimated_savings = Decimal(hybrid["estimated_savings"])
            recommendation.risk_level = hybrid["risk_level"]


def _tell(services: Services, session: Session, resolution: Resolution, asked: Sequence[Recommendation], user: str) -> None:
    """One event for the orchestrator and one for each agent whose recommendation was involved."""
    payload = {
        "resolution_id": resolution.id,
        "strategy": resolution.strategy,
        "execution_order": resolution.execution_order,
        "dropped": resolution.dropped,
        "optimization_ids": resolution.optimization_ids,
        "reason": resolution.reason,
    }
    services.audit.record(session, resolution.customer_id, user, "resolution_executed", "resolution", resolution.id, payload)
    for agent in ("orchestrator", *sorted({one.agent_type for one in asked})):
        services.events.publish(session, resolution.customer_id, "resolution_executed", agent, payload)  # type: ignore[arg-type]


def _conflict(found: Conflict) -> dict[str, Any]:
    return {**asdict(found), "recommendation_ids": list(found.recommendation_ids)}


def _hybrid(hybrid: Hybrid | None) -> dict[str, Any] | None:
    if hybrid is None:
        return None
    shares = [{**asdict(share), "resources": list(share.resources)} for share in hybrid.shares]
    return {"shares": shares, "estimated_savings": money_text(hybrid.saving), "risk_level": hybrid.risk}
