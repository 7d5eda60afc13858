"""The stage of one order: one customer with a node on demand and others on spot, as its owner, its agents, its cloud and the world see it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from support.deeds.proposing import proposal
from support.drivers.api.answer import accepted
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
from support.drivers.cloud import Cloud
from support.drivers.events import Event, Events
from support.drivers.simulator import Simulator
from support.witness.orders import ENDING, HOLDING, KEEPING


@dataclass(frozen=True)
class Cast:
    """The recommendations that one order is about, by role."""

    parts: Mapping[str, Recommendation]

    def __getitem__(self, role: str) -> Recommendation:
        return self.parts[role]

    @property
    def all(self) -> tuple[Recommendation, ...]:
        """Each of them."""
        return tuple(self.parts.values())

    @property
    def opposed(self) -> tuple[tuple[str, str], ...]:
        """Who contradicts whom."""
        ending = self.parts.get(ENDING)
        return () if ending is None else tuple((each.id, ending.id) for each in self.all if each is not ending)


@dataclass
class Stage:
    """The customer of whom everything is. Its changes concern `node`, which runs on demand; reclaims concern the nodes beside it."""

    owner: Platform
    agents: Platform
    cloud: Cloud
    simulator: Simulator
    events: Events
    customer_id: str
    account: str
    deployment: str
    node: str
    reclaimed: set[str] = field(default_factory=set)
    analysed: int = 0
    heard: int = 0
    undecided: dict[str, Recommendation] = field(default_factory=dict)

    async def cast(self, roles: Sequence[str]) -> Cast:
        """A pending recommendation for each role, fresh where the last one has been decided; nobody else's is pending."""
        idle = [each for role, each in self.undecided.items() if role not in roles]
        await asyncio.gather(*(self.owner.recommendations.reject(each.id, "not on the stage") for each in idle))
        return Cast(dict(zip(roles, await asyncio.gather(*(self._pending(role) for role in roles)), strict=True)))

    async def slow_down(self) -> None:
        """The cloud throttles: every change that begins rests at its first look at the node until time goes on."""
        await self.simulator.break_cloud(self.account, "*", "*", "throttle")

    async def speed_up(self) -> None:
        """The cloud obeys again."""
        await self.simulator.mend_cloud(self.account)

    async def news(self) -> tuple[Event, ...]:
        """What the customer was told since it was asked last."""
        told = (await self.events.of(self.customer_id, self.owner.caller)).events[self.heard :]
        self.heard += len(told)
        return told

    async def now(self, names: Sequence[str]) -> dict[str, Recommendation]:
        """These recommendations as they are."""
        return dict(zip(names, await asyncio.gather(*(self.owner.recommendations.get(name) for name in names)), strict=True))

    async def _pending(self, role: str) -> Recommendation:
        left = self.undecided.get(role)
        if left is not None:
            return left
        return accepted(await self.agents.recommendations.submit(self.customer_id, self._wish(role)))

    def _wish(self, role: str) -> dict[str, Any]:
        agent, kind, saving = _WISHES[role]
        return proposal(agent, kind, [self.node], title=f"{role.capitalize()} the node", estimated_savings=saving)


_WISHES = {
    KEEPING: ("performance", "stay_on_demand", "0.00"),
    HOLDING: ("application", "stay_on_demand", "0.00"),
    ENDING: ("cost", "idle_termination", "900.00"),
}


class Stages(Protocol):
    """Where orders are tried: as many customers as are needed, alike but for their names."""

    async def fresh(self) -> Stage:
        """One more customer, of whom nobody has decided anything."""

    async def let_rest(self) -> None:
        """Returns when nobody has anything left to do unless time goes on. Raises TargetLost for what does not come to rest."""

    async def let_go_on(self) -> None:
        """Lets so much time go by that everything which rested goes on, and returns when it has ended. Raises TargetLost."""

    async def revive(self) -> bool:
        """The platform is started again, so that what it waits for in vain is gone; False where it is not ours to start."""
