"""Which orders are explored, and on which customer."""

from __future__ import annotations

from dataclasses import dataclass

from support.deeds.proposing import runtime_of
from support.drivers.api.platform import Platform
from support.drivers.cloud import Cloud
from support.drivers.events import Events
from support.drivers.simulator import Simulator
from support.ordering import Choice
from support.story import Customer
from support.witness.acts import Stage
from support.witness.exploration import Exploration
from support.witness.interleaving import Explorer


@dataclass(frozen=True)
class Orders:
    """Explores orders of what happens at once to one customer."""

    choice: Choice
    platform: Platform
    cloud: Cloud
    simulator: Simulator
    events: Events

    async def explore(self, customer: Customer, count: int) -> Exploration:
        """Tries so many orders (or as the command line says) on the customer's fleet, which runs on spot."""
        agents = await runtime_of(self.platform, customer)
        stage = Stage(self.platform, agents, self.cloud, self.simulator, customer.id, customer.account)
        node = (await self.cloud.nodes_of(customer.account))[0].instance_id
        explorer = Explorer(stage, self.events, customer.deployment.name, node)
        if self.choice.replayed is not None:
            return await explorer.replay(self.choice.replayed)
        return await explorer.explore(self.choice.seed, self.choice.count or count)
