"""Recommendations of agents that run elsewhere: taken as a whole or refused as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from support.platform import ids
from support.platform.fleet.policies import policy_of
from support.platform.fleet.views import INTERRUPTIBLE_TAG
from support.platform.locking import LOCKED, lock_customer
from support.platform.orchestrator.built_in import ADVICE
from support.platform.orchestrator.candidates import machines_of
from support.platform.problems import FieldError, Refusal, conflict
from support.platform.recommendations import lapse
from support.platform.recommendations.decisions import undecided
from support.platform.recommendations.findings import fingerprint
from support.platform.recommendations.schemas import Revision, Submission
from support.platform.recommendations.service import record
from support.platform.services import Services
from support.platform.tables import Customer, Deployment, Recommendation
from support.platform.vocabulary import AgentType, RecommendationType

AGENT_OF: dict[RecommendationType, AgentType] = {kind: agent for agent, kinds in ADVICE.items() for kind in kinds}
"""Whose business a recommendation usually is."""

DEPLOYMENT = "deployment:"


def submit(services: Services, customer: Customer, submission: Submission, agent_id: str) -> Recommendation:
    """Puts the recommendation on record. Raises 422 that names every field with the rule that it breaks; then nothing is kept."""
    with services.database.session() as session:
        machines = {machine.instance_id: machine for machine in machines_of(session, customer.id)}
        _refuse(list(_problems(session, customer, submission, machines)))
        now = services.clock.now()
        resources = list(dict.fromkeys(submission.affected_resources))
        details = {**submission.details.model_dump(exclude_defaults=True), "deployment": _deployment(resources, machines)}
        made = Recommendation(
            id=ids.new_id("rec"),
            customer_id=customer.id,
            type=submission.type,
            agent_type=submission.agent_type or AGENT_OF[submission.type],
            agent_id=agent_id,
            title=submission.title,
            risk_level=submission.risk_level,
            estimated_savings=submission.estimated_savings,
            confidence=submission.confidence,
            affected_resources=resources,
            dependencies=list(dict.fromkeys(submission.dependencies)),
            validations=[],
            details=details,
            precedent=None,
            fingerprint=fingerprint(submission.type, " ".join(sorted(resources))),
            status="pending",
            version=1,
            created_at=now,
            expires_at=lapse.expiry(submission.risk_level, now),
        )
        record(services, session, made, agent_id)
        return made


def revise(services: Services, known: Recommendation, revision: Revision, agent_id: str) -> Recommendation:
    """Brings the recommendation to what its agent thinks by now, as a new version. What the agents depend on each other for is theirs to say:
    a circle is found when somebody wants it carried out.

    Raises 409 for one that is decided or lapsed, for an outdated version (`stale_version`) and for what another agent made
    (`not_revisable`), and 422 as a submission does; then nothing is changed.
    """
    late: Refusal | None = None
    with services.database.session() as session:
        lock_customer(session, known.customer_id)
        row = session.get_one(Recommendation, known.id, with_for_update=LOCKED, populate_existing=True)
        if row.agent_id != agent_id:
            raise conflict("not_revisable", "Only the agent that made this recommendation can revise it.")
        late = undecided(services, session, row, revision.version)
        if late is None:
            _refuse([*_unknown(session, row.customer_id, revision.dependencies or []), *_too_risky(row.type, revision.risk_level)])
            changes = revision.model_dump(exclude={"version"}, exclude_none=True)
            for name, value in changes.items():
                setattr(row, name, value)
            row.version += 1
            row.expires_at = lapse.expiry(row.risk_level, row.created_at)
            lapse.arm(services, session, row)
            told = {"version": row.version, "revised": sorted(changes)}
            services.audit.record(session, row.customer_id, agent_id, "recommendation_revised", "recommendation", row.id, told)
            return row
    raise late  # after the block, so that an expiry found on the way is kept


def _refuse(problems: list[FieldError]) -> None:
    if problems:
        raise Refusal(422, "invalid_input", "; ".join(f"{one.field}: {one.rule}" for one in problems), errors=problems)


def _unknown(session: Session, customer_id: str, dependencies: list[str]) -> Iterator[FieldError]:
    if not dependencies:
        return
    own = set(session.scalars(select(Recommendation.id).where(Recommendation.customer_id == customer_id)).all())
    for index, dependency in enumerate(dependencies):
        if dependency not in own:
            yield FieldError(field=f"dependencies.{index}", rule="must be a recommendation of this customer")


def _too_risky(kind: str, risk: str | None) -> Iterator[FieldError]:
    if kind == "spot_migration" and risk in {"high", "critical"}:
        yield FieldError(field="risk_level", rule="spot capacity may be recommended at low or medium risk only")


def _problems(session: Session, customer: Customer, submission: Submission, machines: Mapping[str, Row[Any]]) -> Iterator[FieldError]:
    deployments = _deployments(session, customer.id, submission.affected_resources)
    for index, resource in enumerate(submission.affected_resources):
        known = resource in deployments or resource in machines
        if not known:
            yield FieldError(field=f"affected_resources.{index}", rule="must be a running instance or a deployment of this customer")
    yield from _unknown(session, customer.id, submission.dependencies)
    yield from _too_risky(submission.type, submission.risk_level)
    if submission.type == "rightsizing" and submission.details.target_instance_type is None:
        yield FieldError(field="details.target_instance_type", rule="must name the type that is to take over")
    if submission.type == "spot_migration":
        if not policy_of(customer).interruptible_capacity_allowed:
            yield FieldError(field="type", rule="the customer's policy forbids interruptible capacity")
        touched = [machines[name] for name in submission.affected_resources if name in machines]
        if touched and not any(row.tags.get(INTERRUPTIBLE_TAG) == "true" for row in touched):
            yield FieldError(field="affected_resources", rule="none of these workloads tolerates interruption")


def _deployments(session: Session, customer_id: str, resources: list[str]) -> set[str]:
    """The customer's deployments as a recommendation names them; none where it names none."""
    if not any(resource.startswith(DEPLOYMENT) for resource in resources):
        return set()
    return {DEPLOYMENT + name for name in session.scalars(select(Deployment.name).where(Deployment.customer_id == customer_id))}


def _deployment(resources: list[str], machines: Mapping[str, Row[Any]]) -> str | None:
    """The deployment that all of the resources belong to, if it is one."""
    found = {resource.removeprefix(DEPLOYMENT) for resource in resources if resource.startswith(DEPLOYMENT)}
    found |= {name for resource in resources if resource in machines and (name := machines[resource].deployment) is not None}
    return found.pop() if len(found) == 1 else None
