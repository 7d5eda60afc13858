"""Which orders are explored, and on which customers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

from support.deeds.changing import carried_out
from support.deeds.discovering import discovered
from support.deeds.proposing import runtime_of
from support.deeds.recommending import advised_alone
from support.drivers.api.transport import NOBODY
from support.drivers.embedded import Embedded
from support.drivers.events import Events
from support.drivers.time import ControlledClock
from support.newcomers import Newcomers
from support.ordering import Choice
from support.patience import Patience
from support.personas import Persona
from support.story import Customer, Story
from support.witness.exploration import Exploration
from support.witness.interleaving import SIDE_BY_SIDE, Explorer
from support.witness.stages import Stage

NODES, FIRM = 2, 1
REST = timedelta(seconds=2)
"""Before that, a call that the cloud has throttled is made again."""


@dataclass(frozen=True)
class Surroundings:
    """What the customers of an exploration live in. `process` is there only where the platform is ours to start."""

    newcomers: Newcomers
    events: Events
    clock: ControlledClock
    patience: Patience
    process: Embedded | None


@dataclass
class Orders:
    """Explores orders of what happens at once to customers like one persona, each with a node that stays on demand and one on spot."""

    choice: Choice
    story: Story
    around: Surroundings
    persona: Persona | None = None
    ready: list[Stage] = field(default_factory=list)

    async def gather(self, persona: Persona) -> None:
        """The customers are there."""
        self.persona = persona
        self.ready = list(await asyncio.gather(*(self.fresh() for _ in range(SIDE_BY_SIDE))))

    async def explore(self, count: int) -> Exploration:
        """Tries so many orders, or as the command line says."""
        explorer = Explorer(self, self.ready)
        if self.choice.replayed is not None:
            return await explorer.replay(self.choice.replayed)
        return await explorer.explore(self.choice.seed, self.choice.count or count)

    async def fresh(self) -> Stage:
        """One more customer, of whom nothing is left to decide."""
        around = self.around
        owner = around.newcomers.platform.acting_as(NOBODY)
        customer = await self._joined(replace(around.newcomers, platform=owner))
        self.story.introduce(customer)
        agents = await runtime_of(owner, customer)
        firm = customer.deployment.instance_ids[-FIRM]
        cloud, simulator = around.newcomers.cloud, around.newcomers.simulator
        return Stage(owner, agents, cloud, simulator, around.events, customer.id, customer.account, customer.deployment.name, firm)

    async def _joined(self, newcomers: Newcomers) -> Customer:
        """The customer, when the node that tolerates interruption has moved to spot."""
        assert self.persona is not None, "who the customers are like is said first"
        owner, patience = newcomers.platform, self.around.patience
        estate = await newcomers.build(self.persona, NODES)
        await newcomers.harden(estate, FIRM)
        customer = await newcomers.bring(replace(estate, persona=replace(self.persona, name=f"{self.persona.name} {estate.account}")))
        await discovered(owner, customer, patience.discovery)
        advised = await advised_alone(owner, customer, "cost", "spot_migration", patience.analysis)
        await carried_out(owner, advised, patience.migration)
        return customer

    async def let_rest(self) -> None:
        """Returns when nobody has anything left to do unless time goes on. Raises TargetLost for what does not come to rest."""
        await self.around.clock.settled()

    async def let_go_on(self) -> None:
        """Lets so much time go by that everything which rested goes on, and returns when it has ended. Raises TargetLost."""
        await self.around.clock.advance(REST)

    async def revive(self) -> bool:
        """Starts the platform again, so that what it waits for in vain is gone; False where it is not ours to start."""
        process = self.around.process
        if process is None:
            return False
        process.platform_dies()
        await asyncio.to_thread(process.platform_returns)
        return True
