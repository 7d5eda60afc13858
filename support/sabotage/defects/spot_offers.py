"""Defects of what is offered before a migration, booked after it and learnt from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from support.sabotage.registry import defect, patch

COST = "support.platform.agents.cost"
DECISIONS = "support.platform.recommendations.decisions"


@defect("REQ-SPT-001", "every workload is taken for one that tolerates interruption")
def intolerant_work_offered() -> None:
    patch("support.platform.fleet.views:Node.tolerant", lambda _: property(lambda _node: True))


@defect("REQ-SPT-001", "spot capacity is recommended at high risk too")
def high_risk_offered() -> None:
    patch(f"{COST}:HIGHEST_RATE", lambda _: Decimal("0.35"))
    patch("support.platform.optimizations.pools:HIGH_RISK_RATE", lambda _: Decimal("0.35"))


@defect("REQ-SPT-001", "a risk is called low up to an interruption rate of six percent")
def medium_risk_called_low() -> None:
    patch(f"{COST}:LOW_RISK_RATE", lambda _: Decimal("0.06"))


@defect("REQ-SPT-002", "the estimate is one percent too high")
def estimate_too_high() -> None:
    def broken(migration: Callable[..., Any]) -> Callable[..., Any]:
        def generous(*seen: Any) -> Any:  # noqa: ANN401 - as the original
            found = migration(*seen)
            return found and replace(found, saving=(found.saving * Decimal("1.01")).quantize(Decimal("0.01")))

        return generous

    patch(f"{COST}:_migration", broken)


@defect("REQ-SPT-002", "the estimate takes the cheapest pool's price for all nodes")
def estimate_of_the_cheapest() -> None:
    patch(f"{COST}:hourly", lambda _: lambda planned: min(pool.price for pool in planned) * len(planned))


@defect("REQ-SPT-003", "a migration can be approved without second opinions")
def opinions_not_asked_for() -> None:
    patch(f"{DECISIONS}:unfit", lambda _: lambda *_seen: None)


@defect("REQ-SPT-003", "the performance agent agrees to everything")
def performance_agent_nods() -> None:
    def broken(opinion: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *seen: replace(opinion(*seen), verdict="approved")

    patch("support.platform.agents.performance:opinion", broken)


@defect("REQ-SPT-003", "the quality baseline is left out of the recommendation")
def baseline_not_carried() -> None:
    def broken(opinion: Callable[..., Any]) -> Callable[..., Any]:
        return lambda baseline: replace(opinion(baseline), baseline=None)

    patch("support.platform.agents.application:opinion", broken)


@defect("REQ-SPT-004", "low risk is taken for permission")
def advice_carried_out_unasked() -> None:
    def broken(policy_of: Callable[..., Any]) -> Callable[..., Any]:
        return lambda customer: replace(policy_of(customer), auto_execute_low_risk=True)

    patch("support.platform.fleet.policies:policy_of", broken)


@defect("REQ-SPT-004", "discovery leaves its own tags on the customer's nodes")
def discovery_tags_nodes() -> None:
    def broken(survey: Callable[..., Any]) -> Callable[..., Any]:
        def tagging(services: Any, customer: Any) -> Any:  # noqa: ANN401 - as the original
            fleet = survey(services, customer)
            ids = [node.instance_id for node in fleet.nodes]
            services.cloud.for_customer(customer).ec2.create_tags(Resources=ids, Tags=[{"Key": "optiinfra:seen", "Value": "true"}])
            return fleet

        return tagging

    patch("support.platform.fleet.survey:survey", broken)


@defect("REQ-SPT-008", "any saving is thought worth a migration")
def any_saving_is_enough() -> None:
    patch("support.platform.optimizations.pools:worth_while", lambda _: lambda after, before: after < before)


@defect("REQ-SPT-013", "the booking takes the prices of the day of the approval")
def old_prices_booked() -> None:
    def broken(cost: Callable[..., Decimal]) -> Callable[..., Decimal]:
        def remembered(nodes: Any, extra: Iterable[Any] = ()) -> Decimal:  # noqa: ANN401 - as the original
            planned = {pool.key: pool.price for pool in nodes._change.plan.pools}  # noqa: SLF001 - a defect stands where the code stands
            known = [planned[node.pool] for node in nodes.serving() if node.pool in planned]
            return sum(known, Decimal(0)) if not extra and known else cost(nodes, extra)

        return remembered

    patch("support.platform.optimizations.nodes:Nodes.cost", broken)


@defect("REQ-SPT-013", "the dashboard shows one percent more than was booked")
def dashboard_flatters() -> None:
    def broken(answer: type) -> type:
        class Flattering(answer):  # type: ignore[misc]  # made from whatever the platform answers with
            def __init__(self, **values: Any) -> None:  # noqa: ANN401 - as the original
                realized = (values["realized_savings"] * Decimal("1.01")).quantize(Decimal("0.01"))
                super().__init__(**values | {"realized_savings": realized})

        Flattering.__name__ = answer.__name__
        return Flattering

    patch("support.platform.portal.routes:Dashboard", broken)


@defect("REQ-SPT-014", "nothing is remembered of a migration")
def successes_forgotten() -> None:
    patch("support.platform.learning.service:remember", lambda _: lambda *_told, **_more: None)


@defect("REQ-SPT-014", "every fleet is taken for similar to every other")
def everything_is_similar() -> None:
    patch("support.platform.learning.service:SIMILAR", lambda _: 0.0)


@defect("REQ-SPT-014", "a precedent is named, and moves nothing")
def precedent_without_weight() -> None:
    patch("support.platform.learning.service:Precedent.adjusted", lambda _: lambda _precedent, confidence: confidence)


@defect("REQ-SPT-014", "a migration that was taken back is remembered as a success")
def failures_remembered_as_successes() -> None:
    def broken(remember: Callable[..., None]) -> Callable[..., None]:
        def forgiving(*told: Any) -> None:  # noqa: ANN401 - as the original
            services, session, customer_id, kind, features, _outcome, *figures = told
            remember(services, session, customer_id, kind, features, "success", *figures)

        return forgiving

    patch("support.platform.learning.service:remember", broken)


@defect("REQ-SPT-020", "the policy on interruptible capacity is never read")
def policy_overlooked() -> None:
    def broken(policy_of: Callable[..., Any]) -> Callable[..., Any]:
        return lambda customer: replace(policy_of(customer), interruptible_capacity_allowed=True)

    patch("support.platform.fleet.policies:policy_of", broken)


@defect("REQ-SPT-020", "an offer outlives the policy that forbids it")
def offer_outlives_policy() -> None:
    patch("support.platform.recommendations.service:take_back_spot", lambda _: lambda *_told: None)
