"""Defects of what is offered before a migration, booked after it and learnt from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from support.sabotage.breaking import Broken, instead_of, shown
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


@defect("REQ-SPT-001", "the last rate of each risk counts as the risk above it")
def last_rate_left_out() -> None:
    patch(f"{COST}:LOW_RISK_RATE", lambda rate: rate - Decimal("0.0001"))
    patch(f"{COST}:HIGHEST_RATE", lambda rate: rate - Decimal("0.0001"))


@defect("REQ-SPT-001", "a node is moved although its owner has marked it since the advice")
def mark_overlooked() -> None:
    patch("support.platform.optimizations.migration:firm", lambda _: lambda _machines: [])


@defect("REQ-SPT-002", "the estimate is one percent too high")
def estimate_too_high() -> None:
    @instead_of(f"{COST}:_migration")
    def generous(migration: Broken, *seen: Any) -> Any:
        found = migration(*seen)
        return found and replace(found, saving=(found.saving * Decimal("1.01")).quantize(Decimal("0.01")))


@defect("REQ-SPT-002", "the estimate takes the cheapest pool's price for all nodes")
def estimate_of_the_cheapest() -> None:
    patch(f"{COST}:hourly", lambda _: lambda planned: min(pool.price for pool in planned) * len(planned))


@defect("REQ-SPT-003", "a migration can be approved without second opinions")
def opinions_not_asked_for() -> None:
    patch(f"{DECISIONS}:unfit", lambda _: lambda *_seen: None)


@defect("REQ-SPT-003", "the performance agent agrees to everything")
def performance_agent_nods() -> None:
    patch("support.platform.agents.performance:opinion", lambda opinion: lambda *seen: replace(opinion(*seen), verdict="approved"))


@defect("REQ-SPT-003", "the quality baseline is left out of the recommendation")
def baseline_not_carried() -> None:
    patch("support.platform.agents.application:opinion", lambda opinion: lambda baseline: replace(opinion(baseline), baseline=None))


@defect("REQ-SPT-004", "low risk is taken for permission")
def advice_carried_out_unasked() -> None:
    patch("support.platform.fleet.policies:policy_of", lambda policy_of: lambda customer: replace(policy_of(customer), auto_execute_low_risk=True))


@defect("REQ-SPT-004", "discovery leaves its own tags on the customer's nodes")
def discovery_tags_nodes() -> None:
    @instead_of("support.platform.fleet.survey:survey")
    def tagging(survey: Broken, services: Any, customer: Any) -> Any:
        fleet = survey(services, customer)
        ids = [node.instance_id for node in fleet.nodes]
        services.cloud.for_customer(customer).ec2.create_tags(Resources=ids, Tags=[{"Key": "optiinfra:seen", "Value": "true"}])
        return fleet


@defect("REQ-SPT-008", "any saving is thought worth a migration")
def any_saving_is_enough() -> None:
    patch("support.platform.optimizations.pools:worth_while", lambda _: lambda after, before: after < before)


@defect("REQ-SPT-008", "the nodes that were replaced go on running, and cost what they cost")
def replaced_nodes_kept() -> None:
    @instead_of("support.platform.optimizations.migration:SpotMigration._terminate")
    def kept(_terminate: Broken, change: Any) -> dict[str, Any]:
        return {"terminated": list(change.plan.affected)}


@defect("REQ-SPT-013", "the booking takes the prices of the day of the approval")
def old_prices_booked() -> None:
    @instead_of("support.platform.optimizations.nodes:Nodes.cost")
    def remembered(cost: Broken, nodes: Any, extra: Iterable[Any] = ()) -> Decimal:
        planned = {pool.key: pool.price for pool in nodes._change.plan.pools}
        known = [planned[node.pool] for node in nodes.serving() if node.pool in planned]
        return sum(known, Decimal(0)) if not extra and known else cost(nodes, extra)


@defect("REQ-SPT-013", "the dashboard shows one percent more than was booked")
def dashboard_flatters() -> None:
    shown(
        "support.platform.portal.routes:Dashboard",
        lambda values: {"realized_savings": (values["realized_savings"] * Decimal("1.01")).quantize(Decimal("0.01"))},
    )


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
    @instead_of("support.platform.learning.service:remember")
    def forgiving(remember: Broken, *told: Any) -> None:
        services, session, customer_id, kind, features, _outcome, *figures = told
        remember(services, session, customer_id, kind, features, "success", *figures)


@defect("REQ-SPT-020", "the policy on interruptible capacity is never read")
def policy_overlooked() -> None:
    _interruptible_capacity(allowed=True)


@defect("REQ-SPT-020", "interruptible capacity stays forbidden whatever the policy says")
def policy_never_opened() -> None:
    _interruptible_capacity(allowed=False)


def _interruptible_capacity(*, allowed: bool) -> None:
    """Every customer's policy is read to say so."""
    patch(
        "support.platform.fleet.policies:policy_of",
        lambda policy_of: lambda customer: replace(policy_of(customer), interruptible_capacity_allowed=allowed),
    )


@defect("REQ-SPT-020", "an offer outlives the policy that forbids it")
def offer_outlives_policy() -> None:
    patch("support.platform.recommendations.service:take_back_spot", lambda _: lambda *_told: None)
