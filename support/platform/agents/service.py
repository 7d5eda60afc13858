"""The agents at work: each looks at the fleet, and what it finds goes through the one door for recommendations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session

from support.platform import ids
from support.platform.agents import application, cost, performance, quality, resource
from support.platform.fleet.views import Baseline, Fleet, Workload
from support.platform.locking import lock_customer
from support.platform.recommendations import service as recommendations
from support.platform.recommendations.automatic import execute_permitted
from support.platform.recommendations.findings import Finding, Opinion
from support.platform.services import Services
from support.platform.tables import Analysis, Customer, Recommendation
from support.platform.vocabulary import AgentType, AnalysisTrigger

ORDER: tuple[AgentType, ...] = ("application", "cost", "resource", "performance")
"""Quality is measured before anybody proposes a change, and the performance agent answers what the others propose."""

NO_ACCOUNT = "the customer has no account connected"

_analyses = cast("Table", Analysis.__table__)
_BEGIN = insert(_analyses)
_COMPLETE = update(_analyses).where(_analyses.c.id == bindparam("analysis")).values(status="completed")


class AnalysisFailed(Exception):
    """The agent could not see the fleet; the message says why."""


def run_analysis(services: Services, customer_id: str, agent_type: AgentType, trigger: AnalysisTrigger, analysis_id: str | None = None) -> str:
    """One agent looks at the fleet as it is now; answers the analysis's id. Raises AnalysisFailed if the fleet cannot be seen."""
    from support.platform.fleet.service import DiscoveryFailed, active_customer, look, turns_of

    with turns_of(services).turn(customer_id):
        customer = active_customer(services, customer_id)
        identifier = analysis_id or _begun(services, customer_id, agent_type, trigger)
        if customer is None:
            _fail(services, customer_id, identifier, NO_ACCOUNT)
            raise AnalysisFailed(NO_ACCOUNT)
        try:
            fleet = look(services, customer)
        except DiscoveryFailed as error:
            _fail(services, customer_id, identifier, str(error))
            raise AnalysisFailed(str(error)) from error
        _conclude(services, customer_id, {agent_type: identifier}, fleet, quality.measure(services, customer, fleet, trigger))
    execute_permitted(services, customer_id)
    return identifier


def analyse(services: Services, customer: Customer, fleet: Fleet, trigger: AnalysisTrigger, started: Mapping[AgentType, str]) -> None:
    """The agents whose analyses were begun look at what was seen, each for itself; then what the customer lets happen unasked is begun."""
    _conclude(services, customer.id, started, fleet, quality.measure(services, customer, fleet, trigger))
    execute_permitted(services, customer.id)


def begin(services: Services, session: Session, customer_id: str, agents: Sequence[AgentType], trigger: AnalysisTrigger) -> dict[AgentType, str]:
    """Puts the beginning of an analysis by each of these agents on record; answers their ids."""
    made = {agent: ids.new_id("ana") for agent in agents}
    begun = {"customer_id": customer_id, "trigger": trigger, "status": "running", "started_at": services.clock.now(), "findings": 0}
    session.connection().execute(_BEGIN, [{"id": identifier, "agent_type": agent, **begun} for agent, identifier in made.items()])
    return made


def _begun(services: Services, customer_id: str, agent_type: AgentType, trigger: AnalysisTrigger) -> str:
    with services.database.session() as session:
        return begin(services, session, customer_id, [agent_type], trigger)[agent_type]


def _conclude(services: Services, customer_id: str, started: Mapping[AgentType, str], fleet: Fleet, measured: Mapping[str, quality.Measured]) -> None:
    """What each agent found is proposed, what it no longer finds is withdrawn; then second opinions are brought up to date."""
    with services.database.session() as session:
        lock_customer(session, customer_id)
        baselines = quality.keep(services, session, customer_id, fleet, measured)
        offers = recommendations.pending(session, customer_id)
        completed = []
        for agent_type, identifier in started.items():
            found = _findings(agent_type, fleet, offers)
            for finding in found:
                offer = recommendations.propose(services, session, customer_id, finding, _opinions(finding, fleet, baselines))
                if offer is not None and offer not in offers:
                    offers.append(offer)
            recommendations.withdraw(services, session, offers, agent_type, {finding.fingerprint for finding in found})
            completed.append({"analysis": identifier, "finished_at": services.clock.now(), "findings": len(found)})
            payload = {"analysis_id": identifier, "agent_type": agent_type, "findings": len(found)}
            services.audit.record(session, customer_id, "system", "analysis_completed", "analysis", identifier, payload)
            services.events.publish(session, customer_id, "analysis_completed", agent_type, payload)
        session.connection().execute(_COMPLETE, completed)
        _second_opinions(offers, fleet, baselines)


def _findings(agent_type: AgentType, fleet: Fleet, offers: Iterable[Recommendation]) -> Sequence[Finding]:
    match agent_type:
        case "cost":
            return cost.findings(fleet)
        case "resource":
            return resource.findings(fleet)
        case "performance":
            return performance.findings(fleet, recommendations.spot_offered(offers))
        case "application":
            return ()


def _opinions(finding: Finding, fleet: Fleet, baselines: Mapping[str, Baseline | None]) -> list[Opinion]:
    """Only a spot migration needs them."""
    workload = _workload(fleet, str(finding.details.get("deployment")))
    return _about(workload, fleet, baselines) if finding.type == "spot_migration" and workload is not None else []


def _second_opinions(offers: Iterable[Recommendation], fleet: Fleet, baselines: Mapping[str, Baseline | None]) -> None:
    """Also for migrations that an agent elsewhere proposed, which get the pools that they would use."""
    for recommendation in offers:
        workload = _workload(fleet, str(recommendation.details.get("deployment")))
        if workload is None or not recommendations.offers_spot(recommendation):
            continue
        opinions = [opinion.document() for opinion in _about(workload, fleet, baselines)]
        if opinions != recommendation.validations:
            recommendation.validations = opinions
        nodes = [node for node in workload.nodes if node.instance_id in recommendation.affected_resources]
        if nodes and "pools" not in recommendation.details:
            recommendation.details = {**recommendation.details, "pools": cost.pool_documents(cost.eligible_pools(fleet, nodes))}


def _about(workload: Workload, fleet: Fleet, baselines: Mapping[str, Baseline | None]) -> list[Opinion]:
    return [performance.opinion(workload, fleet.policy), application.opinion(baselines.get(workload.name))]


def _workload(fleet: Fleet, name: str) -> Workload | None:
    return next((workload for workload in fleet.workloads if workload.name == name), None)


def _fail(services: Services, customer_id: str, identifier: str, error: str) -> None:
    with services.database.session() as session:
        analysis = session.get_one(Analysis, identifier)
        analysis.status, analysis.finished_at, analysis.error = "failed", services.clock.now(), error
        payload = {"analysis_id": identifier, "agent_type": analysis.agent_type, "error": error}
        services.audit.record(session, customer_id, "system", "analysis_failed", "analysis", identifier, payload)
        services.events.publish(session, customer_id, "analysis_failed", analysis.agent_type, payload)  # type: ignore[arg-type]
