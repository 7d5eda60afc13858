"""Defects of the registry of agents."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from support.sabotage.registry import defect, patch

SCHEMAS = "support.platform.orchestrator.schemas"
REGISTRY = "support.platform.orchestrator.registry"
TASKS = "support.platform.orchestrator.tasks"

Broken = Callable[..., Any]


@defect("REQ-AGT-001", "the registry keeps the first version that an agent told")
def version_never_renewed() -> None:
    def broken(answer: Broken) -> Broken:
        return lambda agent: answer(agent).model_copy(update={"version": "1.0.0"})

    patch("support.platform.orchestrator.registry_routes:_agent", broken)


@defect("REQ-AGT-001", "what an agent can do is not kept")
def capabilities_forgotten() -> None:
    def broken(answer: Broken) -> Broken:
        return lambda agent: answer(agent).model_copy(update={"capabilities": [agent.agent_type]})

    patch("support.platform.orchestrator.registry_routes:_agent", broken)


@defect("REQ-AGT-002", "an agent may call itself what it likes")
def any_type_is_welcome() -> None:
    def broken(asked: Any) -> Any:  # noqa: ANN401 - the class of the request
        return type(asked.__name__, (asked,), {"__annotations__": {"agent_type": str}, "__module__": asked.__module__})

    patch(f"{SCHEMAS}:Register", broken)


@defect("REQ-AGT-002", "an agent that can do nothing is welcome")
def idlers_are_welcome() -> None:
    def broken(asked: Any) -> Any:  # noqa: ANN401 - the class of the request
        return type(asked.__name__, (asked,), {"__annotations__": {"capabilities": list[str]}, "__module__": asked.__module__})

    patch(f"{SCHEMAS}:Register", broken)


@defect("REQ-AGT-003", "the load of a heartbeat is rounded to the half")
def load_rounded() -> None:
    def broken(heartbeat: Broken) -> Broken:
        def rounded(services: Any, caller: Any, agent_id: str, asked: Any) -> Any:  # noqa: ANN401 - as the original
            return heartbeat(services, caller, agent_id, asked.model_copy(update={"load": round(asked.load * 2) / Decimal(2)}))

        return rounded

    patch(f"{REGISTRY}:heartbeat", broken)


@defect("REQ-AGT-003", "every agent that is heard counts as active")
def struggling_goes_unseen() -> None:
    def broken(heartbeat: Broken) -> Broken:
        def rosy(services: Any, caller: Any, agent_id: str, asked: Any) -> Any:  # noqa: ANN401 - as the original
            return heartbeat(services, caller, agent_id, asked.model_copy(update={"status": "active"}))

        return rosy

    patch(f"{REGISTRY}:heartbeat", broken)


@defect("REQ-AGT-004", "silence is noticed one heartbeat too late")
def silence_overheard() -> None:
    patch(f"{REGISTRY}:SILENCE", lambda silence: silence + timedelta(seconds=30))


@defect("REQ-AGT-004", "two missed heartbeats are taken for three")
def silence_feared() -> None:
    patch(f"{REGISTRY}:SILENCE", lambda silence: silence - timedelta(seconds=30))


@defect("REQ-AGT-005", "who was silent once stays unavailable")
def silence_never_forgiven() -> None:
    def broken(heartbeat: Broken) -> Broken:
        def unforgiving(services: Any, caller: Any, agent_id: str, asked: Any) -> Any:  # noqa: ANN401 - as the original
            from support.platform.orchestrator.registry import own

            with services.database.session() as session:
                if own(session, caller, agent_id).status == "unavailable":
                    return "unavailable"
            return heartbeat(services, caller, agent_id, asked)

        return unforgiving

    patch(f"{REGISTRY}:heartbeat", broken)


@defect("REQ-AGT-006", "work goes to any agent of the customer's")
def capability_not_asked_for() -> None:
    def broken(_registered: Broken) -> Broken:
        def anybody(session: Any, customer_id: str, _capability: str) -> Any:  # noqa: ANN401 - as the original
            from sqlalchemy import or_, select

            from support.platform.tables import Agent

            mine = or_(Agent.customer_id == customer_id, Agent.customer_id.is_(None))
            return list(session.scalars(select(Agent).where(Agent.left_at.is_(None), mine)))

        return anybody

    patch(f"{TASKS}:_registered", broken)


@defect("REQ-AGT-006", "work goes to agents of other customers too")
def agents_are_shared() -> None:
    def broken(_registered: Broken) -> Broken:
        def everybody(session: Any, _customer_id: str, capability: str) -> Any:  # noqa: ANN401 - as the original
            from sqlalchemy import select

            from support.platform.tables import Agent

            return [agent for agent in session.scalars(select(Agent).where(Agent.left_at.is_(None))) if capability in agent.capabilities]

        return everybody

    patch(f"{TASKS}:_registered", broken)


@defect("REQ-AGT-007", "the oldest agent gets all of the work")
def oldest_first() -> None:
    _choose_by(lambda agent: agent.registered_at)


@defect("REQ-AGT-007", "the busiest agent gets the work")
def busiest_first() -> None:
    _choose_by(lambda agent: -agent.load)


def _choose_by(key: Callable[[Any], Any]) -> None:
    def broken(choose: Broken) -> Broken:
        def other(services: Any, session: Any, customer_id: str, capability: str) -> Any:  # noqa: ANN401 - as the original
            from support.platform.orchestrator.tasks import _registered

            capable = [agent for agent in _registered(session, customer_id, capability) if agent.customer_id and agent.status == "active"]
            return min(capable, key=key) if capable else choose(services, session, customer_id, capability)

        return other

    patch(f"{TASKS}:_choose", broken)


@defect("REQ-AGT-008", "work that nobody can do is given to somebody")
def somebody_can_do_it() -> None:
    def broken(choose: Broken) -> Broken:
        def generous(services: Any, session: Any, customer_id: str, capability: str) -> Any:  # noqa: ANN401 - as the original
            return choose(services, session, customer_id, capability) or choose(services, session, customer_id, "cost")

        return generous

    patch(f"{TASKS}:_choose", broken)


@defect("REQ-AGT-008", "the refusal does not say why")
def refusal_without_reason() -> None:
    def broken(refusal: Broken) -> Broken:
        def curt(session: Any, asked: Any) -> Any:  # noqa: ANN401 - as the original
            refused = refusal(session, asked)
            refused.document.detail = "This cannot be done."
            return refused

        return curt

    patch(f"{TASKS}:_nobody", broken)


@defect("REQ-AGT-009", "each registration makes a new agent")
def same_host_twice() -> None:
    def broken(register: Broken) -> Broken:
        def forgetful(services: Any, caller: Any, asked: Any) -> Any:  # noqa: ANN401 - as the original
            return register(services, caller, asked.model_copy(update={"hostname": f"{asked.hostname}-{secrets.token_hex(2)}"}))

        return forgetful

    patch(f"{REGISTRY}:register", broken)


@defect("REQ-AGT-010", "unfinished work leaves with the agent")
def work_leaves_too() -> None:
    patch(f"{TASKS}:take_away", lambda _: lambda *_arguments: None)


@defect("REQ-AGT-010", "work that waits is not placed when somebody comes")
def waiting_work_forgotten() -> None:
    patch(f"{TASKS}:place_waiting", lambda _: lambda *_arguments: None)


@defect("REQ-AGT-011", "work that failed is shown as completed")
def failure_whitewashed() -> None:
    def broken(finish: Broken) -> Broken:
        def rosy(services: Any, user: str, task_id: str, result: Any) -> Any:  # noqa: ANN401 - as the original
            return finish(services, user, task_id, result.model_copy(update={"status": "completed", "error": None}))

        return rosy

    patch(f"{TASKS}:finish", broken)


@defect("REQ-AGT-011", "work may take as long as it likes")
def time_limit_ignored() -> None:
    patch(f"{TASKS}:expire", lambda _: lambda *_arguments: None)
