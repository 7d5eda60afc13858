"""Defects of the registry of agents."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from support.sabotage.agents import agents_of
from support.sabotage.breaking import Broken, instead_of, loosened
from support.sabotage.registry import defect, patch

SCHEMAS = "support.platform.orchestrator.schemas"
REGISTRY = "support.platform.orchestrator.registry"
TASKS = "support.platform.orchestrator.tasks"
STANDING = "support.platform.orchestrator.standing"


@defect("REQ-AGT-001", "the registry keeps the first version that an agent told")
def version_never_renewed() -> None:
    patch("support.platform.orchestrator.registry_routes:_agent", lambda answer: lambda agent: answer(agent).model_copy(update={"version": "1.0.0"}))


@defect("REQ-AGT-001", "what an agent can do is not kept")
def capabilities_forgotten() -> None:
    def broken(answer: Broken) -> Broken:
        return lambda agent: answer(agent).model_copy(update={"capabilities": [agent.agent_type]})

    patch("support.platform.orchestrator.registry_routes:_agent", broken)


@defect("REQ-AGT-002", "an agent may call itself what it likes")
def any_type_is_welcome() -> None:
    loosened(f"{SCHEMAS}:Register", agent_type=str)


@defect("REQ-AGT-002", "an agent that can do nothing is welcome")
def idlers_are_welcome() -> None:
    loosened(f"{SCHEMAS}:Register", capabilities=list[str])


@defect("REQ-AGT-003", "the load of a heartbeat is rounded to the half")
def load_rounded() -> None:
    @instead_of(f"{REGISTRY}:heartbeat")
    def rounded(heartbeat: Broken, services: Any, caller: Any, agent_id: str, asked: Any) -> Any:
        return heartbeat(services, caller, agent_id, asked.model_copy(update={"load": round(asked.load * 2) / Decimal(2)}))


@defect("REQ-AGT-003", "every agent that is heard counts as active")
def struggling_goes_unseen() -> None:
    @instead_of(f"{REGISTRY}:heartbeat")
    def rosy(heartbeat: Broken, services: Any, caller: Any, agent_id: str, asked: Any) -> Any:
        return heartbeat(services, caller, agent_id, asked.model_copy(update={"status": "active"}))


@defect("REQ-AGT-003", "a load beyond the whole is recorded")
def overload_recorded() -> None:
    from support.platform.values import Ratio

    loosened(f"{SCHEMAS}:Heartbeat", load=Ratio)


@defect("REQ-AGT-004", "silence is noticed one heartbeat too late")
def silence_overheard() -> None:
    patch(f"{STANDING}:SILENCE", lambda silence: silence + timedelta(seconds=30))


@defect("REQ-AGT-004", "two missed heartbeats are taken for three")
def silence_feared() -> None:
    patch(f"{STANDING}:SILENCE", lambda silence: silence - timedelta(seconds=30))


@defect("REQ-AGT-004", "silence is never noticed")
def silence_goes_unheard() -> None:
    patch(f"{STANDING}:SILENCE", lambda silence: silence * 1000)


@defect("REQ-AGT-004", "an agent that nobody hears gets work")
def silent_agents_work() -> None:
    @instead_of(f"{TASKS}:_choose")
    def trusting(choose: Broken, services: Any, session: Any, customer_id: str, capability: str) -> Any:
        from support.platform.orchestrator.tasks import _registered

        return choose(services, session, customer_id, capability) or next(iter(_registered(session, customer_id, capability)), None)


@defect("REQ-AGT-005", "who was silent once stays unavailable")
def silence_never_forgiven() -> None:
    @instead_of(f"{REGISTRY}:heartbeat")
    def unforgiving(heartbeat: Broken, services: Any, caller: Any, agent_id: str, asked: Any) -> Any:
        from support.platform.orchestrator.registry import own

        with services.database.session() as session:
            if own(session, caller, agent_id).status == "unavailable":
                return "unavailable"
        return heartbeat(services, caller, agent_id, asked)


@defect("REQ-AGT-009", "each registration makes a new agent")
def same_host_twice() -> None:
    @instead_of(f"{REGISTRY}:register")
    def forgetful(register: Broken, services: Any, caller: Any, asked: Any) -> Any:
        return register(services, caller, asked.model_copy(update={"hostname": f"{asked.hostname}-{secrets.token_hex(2)}"}))


@defect("REQ-AGT-009", "a host has one agent, whatever its type")
def one_agent_a_host() -> None:
    _taken_for_another(lambda agent, asked: agent.hostname == asked.hostname)


@defect("REQ-AGT-009", "a customer has one agent of each type, wherever it runs")
def one_agent_a_type() -> None:
    _taken_for_another(lambda agent, asked: agent.agent_type == asked.agent_type)


def _taken_for_another(same: Callable[[Any, Any], bool]) -> None:
    """An agent that registers gets the identity of another one that looks the same."""

    @instead_of(f"{REGISTRY}:register")
    def mistaken(register: Broken, services: Any, caller: Any, asked: Any) -> Any:
        with services.database.reading() as session:
            known = [agent.id for agent in agents_of(session, caller.customer_id) if same(agent, asked)]
        return known[0] if known else register(services, caller, asked)
