"""What belongs to a customer: one of everything that OptiInfra keeps, by the word for its kind."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from support.deeds.hiring import hire
from support.deeds.proposing import proposal, runtime_of
from support.drivers.api.agents import Description
from support.drivers.api.answer import accepted
from support.drivers.api.platform import Platform
from support.drivers.api.transport import Credentials
from support.drivers.live import Live
from support.patience import Limit
from support.story import Customer
from support.waiting import eventually

PREFIXES: Mapping[str, str] = {
    "customer": "cus",
    "recommendation": "rec",
    "optimization": "opt",
    "resolution": "res",
    "agent": "agt",
    "task": "tsk",
}


@dataclass(frozen=True)
class Belongings:
    """The names under which the platform keeps one thing of each kind."""

    ids: Mapping[str, str]


def nothing_of_anybody() -> Belongings:
    """Names formed like those of real things, of things that do not exist."""
    return Belongings({kind: f"{prefix}_{secrets.token_hex(10)}" for kind, prefix in PREFIXES.items()})


async def acquire(platform: Platform, live: Live, customer: Customer, within: Limit) -> Belongings:
    """The customer comes to own one of everything: a colleague, an agent with work, a disagreement that was settled and a change that was made."""
    mine = platform.acting_as(customer.owner)
    accepted(await mine.customers.change_settings(customer.id, preference="performance"))
    password = f"{secrets.token_urlsafe(16)}-a7"
    live.secrets.keep(password)
    accepted(await mine.customers.add_colleague(customer.id, Credentials(f"eve.{customer.account}@example.com", password), "viewer"))
    agent = await hire(platform, customer, Description("performance", "gpu-1", ("latency",)))
    work = accepted(await mine.agents.route(customer.id, "latency"))
    nodes = customer.deployment.instance_ids[:1]
    wishes = (proposal("performance", "stay_on_demand", nodes, estimated_savings="0.00"), proposal("cost", "idle_termination", nodes))
    agents = await runtime_of(mine, customer)
    made = [accepted(await agents.recommendations.submit(customer.id, wish)) for wish in wishes]
    pending = await mine.recommendations.of(customer.id, "pending")  # what the agents have advised by themselves takes part too
    resolution = accepted(await mine.conflicts.settle(customer.id, [each.id for each in pending]))
    executed = accepted(await mine.conflicts.execute(resolution.id))
    change = str(executed.optimization_id)
    await eventually(
        lambda: mine.optimizations.get(change),
        holds=lambda seen: seen.ended,
        within=within,
        because=f"a change of {customer.name} that changes nothing in the cloud should end",
    )
    kept = {"customer": customer.id, "recommendation": made[0].id, "optimization": change, "resolution": resolution.id}
    return Belongings({**kept, "agent": agent.agent_id, "task": work.task_id})
