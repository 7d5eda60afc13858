"""Independent parts of what a customer approves at once, and what must be true of the others when one of them goes back."""

from __future__ import annotations

from collections.abc import Sequence

from support.deeds.proposing import proposal, runtime_of
from support.drivers.api.answer import accepted
from support.drivers.api.optimizations import Optimization
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
from support.drivers.cloud import CloudFleet
from support.drivers.provisioning import Deployment
from support.expectation import expect
from support.story import Customer
from support.witness.state import Capture


async def tuning_of(platform: Platform, customer: Customer, deployment: Deployment | None = None, agent: str = "performance") -> Recommendation:
    """The agent's advice to tune that deployment, or the main one."""
    tuned = deployment or customer.deployment
    agents = await runtime_of(platform, customer)
    wish = proposal(agent, "kv_cache_tuning", [f"deployment:{tuned.name}", *tuned.instance_ids])
    return accepted(await agents.recommendations.submit(customer.id, wish))


async def tuning_besides(platform: Platform, customer: Customer, agent: str, other: Recommendation) -> Recommendation:
    """The agent's advice to tune a deployment that the other recommendation has nothing to do with."""
    beside = next(each for each in customer.deployments if not set(each.instance_ids) & set(other.affected_resources))
    return await tuning_of(platform, customer, beside, agent)


def change_of(changes: Sequence[Optimization], recommendations: Sequence[Recommendation], agent: str) -> Optimization:
    """The change that carries out what that agent has recommended; AssertionError where there is none."""
    wanted = {each.id for each in recommendations if each.agent_type == agent}
    found = [change for change in changes if change.recommendation_id in wanted]
    expect(len(found) == 1, lambda: f"the {agent} agent's recommendation should be carried out by one change, but: {'; '.join(map(str, changes))}")
    return found[0]


def expect_only_back(changes: Sequence[Optimization], back: Optimization) -> None:
    """AssertionError when that change was not rolled back, or any other is not completed."""
    told = "; ".join(f"{change.type} {change}" for change in changes)
    others = [change for change in changes if change.id != back.id]
    kept = bool(others) and all(change.status == "completed" for change in others)
    expect(back.status == "rolled_back" and kept, lambda: f"only the {back.type.replace('_', ' ')} should be taken back, but: {told}")


def expect_only_settings_changed(before: Capture, fleet: CloudFleet, changes: Sequence[Optimization]) -> None:
    """AssertionError when anything but the engine settings of the deployments that completed changes worked on differs, or these do not."""
    tuned = {node.deployment for node in fleet.nodes for change in changes if change.status == "completed" and node.instance_id in change.resources}
    lines = [line for line in before.difference_to(Capture.of(fleet)).splitlines() if not line.startswith(("---", "+++"))]
    meant = [line for line in lines if any(line[1:].startswith(f"settings: /vllm/{name}/engine-args ") for name in tuned)]
    expect(bool(meant) and meant == lines, lambda: f"only the settings of {', '.join(map(str, tuned))} should differ, but:\n" + "\n".join(lines))
