"""The interleaving explorer: what happens at the same time is started in many orders, and what must be true is checked after each.

Every order is about three fresh recommendations of one customer; its acts are real requests that overlap. The first order that breaks an
invariant is made as small as it can be, and reported with the words to replay it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from support.deeds.proposing import proposal
from support.drivers.api.answer import accepted
from support.drivers.api.recommendations import Recommendation
from support.drivers.events import Events
from support.drivers.lost import TargetLost
from support.witness.acts import Acting, Cast, Stage
from support.witness.exploration import Exploration, Finding
from support.witness.invariants import Breach, Happened, Invariant, breaches
from support.witness.orders import Order, drawn

TRIES = 3
"""How often a smaller order is tried before it is taken for a sound one: requests that overlap do not meet alike each time."""


class Explorer:
    """Tries orders on one stage. `node` is the node that the third agent wants to end, `deployment` the fleet that the others want to keep."""

    def __init__(self, stage: Stage, events: Events, deployment: str, node: str) -> None:
        self._stage = stage
        self._events = events
        self._deployment = f"deployment:{deployment}"
        self._node = node
        self._heard = 0
        self._begun = 0
        self._left: Mapping[str, Recommendation] = {}

    async def explore(self, seed: int, count: int) -> Exploration:
        """Tries the orders of the seed until one breaks an invariant, or all `count` have been tried."""
        return await self._each([drawn(seed, number) for number in range(count)])

    async def replay(self, order: Order) -> Exploration:
        """Tries that one order, so often that what broke once breaks again if it can."""
        return await self._each([order] * TRIES)

    async def _each(self, orders: Sequence[Order]) -> Exploration:
        for tried, order in enumerate(orders, start=1):
            found = await self._try(order)
            if found:
                return Exploration(tried, len(orders), self._begun, await self._smaller(order, found[0]))
        return Exploration(len(orders), len(orders), self._begun, None)

    async def _smaller(self, first: Order, breach: Breach) -> Finding:
        """Leaves out one act after the other, as long as the same invariant still breaks."""
        finding = Finding(first, first, breach)
        place = 0
        while place < len(finding.smallest.acts) and len(finding.smallest.acts) > 1 and breach.invariant != "no deadlock":
            smaller = finding.smallest.without(place)
            again = await self._breaks_again(smaller, breach.invariant)
            if again is None:
                place += 1
            else:
                finding = Finding(first, smaller, again)
        return finding

    async def _breaks_again(self, order: Order, invariant: Invariant) -> Breach | None:
        for _ in range(TRIES):
            found = [breach for breach in await self._try(order) if breach.invariant == invariant]
            if found:
                return found[0]
        return None

    async def _try(self, order: Order) -> list[Breach]:
        cast = await self._cast()
        before = {each.id: each for each in cast.all}
        seen = Happened(before, before, (), cast.opposed, self._deployment)
        acting, turns = Acting(self._stage, cast, seen), asyncio.Semaphore(order.at_once)

        async def in_turn(act: str) -> None:
            async with turns:
                await acting.perform(act)

        try:
            await asyncio.gather(*(in_turn(act) for act in order.acts))
            told = await self._events.of(self._stage.customer_id, self._stage.owner.caller)
        except TargetLost as lost:
            return [Breach("no deadlock", str(lost))]
        seen.events = told.events[self._heard :]
        self._heard = len(told.events)
        touched = seen.touched
        now = await asyncio.gather(*(self._stage.owner.recommendations.get(name) for name in touched))
        seen.after = {**before, **dict(zip(touched, now, strict=True))}
        self._left = {each.title: each for each in seen.after.values() if each.status == "pending"}
        self._begun += sum(event.type == "optimization_started" for event in seen.events)
        return breaches(seen)

    async def _cast(self) -> Cast:
        """Three pending recommendations, fresh where the order before has decided on one: two want to keep the fleet, the third to end a node."""
        keep = proposal("performance", "stay_on_demand", [self._deployment], title="Keep the fleet")
        hold = proposal("application", "stay_on_demand", [self._deployment], title="Hold the fleet")
        end = proposal("cost", "idle_termination", [self._node], title="End a node")
        return Cast(*await asyncio.gather(*(self._pending(each) for each in (keep, hold, end))))

    async def _pending(self, wanted: dict[str, Any]) -> Recommendation:
        left = self._left.get(wanted["title"])
        if left is not None:
            return left
        return accepted(await self._stage.agents.recommendations.submit(self._stage.customer_id, wanted))
