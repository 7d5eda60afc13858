"""The interleaving explorer: what happens at the same time is started in many orders, and what must be true is checked after each.

Every order is about fresh recommendations of one customer; its acts are real requests that overlap, and the changes that they begin rest
until every act is answered, so that those which must not meet would meet. Several customers are tried side by side. The first order that
breaks an invariant is made as small as it can be, and reported with the words to replay it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from support.drivers.lost import TargetLost
from support.witness.acts import Acting
from support.witness.exploration import Exploration, Finding
from support.witness.invariants import Breach, Happened, Invariant, breaches
from support.witness.orders import Order, drawn
from support.witness.stages import Stage, Stages

SIDE_BY_SIDE = 3
"""So many customers keep the platform busy while one waits for an answer; more of them only wait for each other."""

TRIES = 3
"""How often a smaller order is tried before it is taken for a sound one: requests that overlap do not meet alike each time."""


@dataclass
class Trial:
    """One order on one stage, and what was found when it was tried."""

    stage: Stage
    order: Order
    found: list[Breach] = field(default_factory=list)
    seen: Happened | None = None

    async def begin(self) -> None:
        """Every act is asked for and answered; what has begun rests. Raises TargetLost for what is never answered."""
        cast = await self.stage.cast(self.order.cast)
        before = {each.id: each for each in cast.all}
        self.seen = Happened(before, before, (), cast.opposed, f"deployment:{self.stage.deployment}")
        acting, turns = Acting(self.stage, cast, self.seen), asyncio.Semaphore(self.order.at_once)

        async def in_turn(act: str) -> None:
            async with turns:
                await acting.perform(act)

        await self.stage.slow_down()
        for answered in await asyncio.gather(*(in_turn(act) for act in self.order.acts), return_exceptions=True):
            if answered is not None:
                raise answered

    async def judge(self) -> int:
        """Looks at what has come of it; how many changes have begun."""
        assert self.seen is not None, "a trial is judged when it has begun"
        self.seen.events = await self.stage.news()
        now = await self.stage.now(self.seen.touched)
        self.seen.after = {**self.seen.before, **now}
        roles = zip(self.order.cast, self.seen.before, strict=True)
        self.stage.undecided = {role: self.seen.after[name] for role, name in roles if self.seen.after[name].status == "pending"}
        self.found += breaches(self.seen)
        return sum(event.type == "optimization_started" for event in self.seen.events)


class Explorer:
    """Tries orders, several side by side, on the stages that are ready and on others when those are used up."""

    def __init__(self, stages: Stages, ready: Sequence[Stage] = ()) -> None:
        self._stages = stages
        self._ready = list(ready)
        self._begun = 0
        self._alive = True

    async def explore(self, seed: int, count: int) -> Exploration:
        """Tries the orders of the seed until one breaks an invariant, or all `count` have been tried."""
        return await self._each([drawn(seed, number) for number in range(count)])

    async def replay(self, order: Order) -> Exploration:
        """Tries that one order, so often that what broke once breaks again if it can."""
        return await self._each([order] * TRIES)

    async def _each(self, orders: Sequence[Order]) -> Exploration:
        for first in range(0, len(orders), SIDE_BY_SIDE):
            together = orders[first : first + SIDE_BY_SIDE]
            found = await self._try(together)
            if found is not None:
                return Exploration(first + len(together), len(orders), self._begun, await self._smaller(found))
        return Exploration(len(orders), len(orders), self._begun, None)

    async def _smaller(self, finding: Finding) -> Finding:
        """Leaves out one act after the other, as long as the same invariant still breaks."""
        place = 0
        while self._alive and place < len(finding.smallest.acts) and len(finding.smallest.acts) > 1:
            again = await self._breaks_again(finding.smallest.without(place), finding.breach.invariant)
            if again is None:
                place += 1
            else:
                finding = Finding(finding.first, again.smallest, again.breach)
        return finding

    async def _breaks_again(self, order: Order, invariant: Invariant) -> Finding | None:
        for _ in range(TRIES):
            found = await self._try([order])
            if found is not None and found.breach.invariant == invariant:
                return found
        return None

    async def _try(self, orders: Sequence[Order]) -> Finding | None:
        """What broke first, if anything. Whose order broke something is on no stage that is used again."""
        missing = len(orders) - len(self._ready)
        self._ready += await asyncio.gather(*(self._stages.fresh() for _ in range(missing)))
        trials = [Trial(stage, order) for stage, order in zip(self._ready, orders, strict=False)]
        try:
            await self._carry_out(trials)
        except TargetLost as lost:
            return await self._alone(orders, lost)
        broken = [trial for trial in trials if trial.found]
        for trial in broken:
            self._ready.remove(trial.stage)
        return Finding(broken[0].order, broken[0].order, broken[0].found[0]) if broken else None

    async def _carry_out(self, trials: Sequence[Trial]) -> None:
        await asyncio.gather(*(trial.begin() for trial in trials))
        await self._stages.let_rest()
        await asyncio.gather(*(trial.stage.speed_up() for trial in trials))
        await self._stages.let_go_on()
        self._begun += sum(await asyncio.gather(*(trial.judge() for trial in trials)))

    async def _alone(self, orders: Sequence[Order], lost: TargetLost) -> Finding:
        """After which of the orders somebody is busy without end: each is tried by itself, on a platform that was started again."""
        self._ready.clear()
        self._alive = await self._stages.revive()
        if self._alive and len(orders) > 1:
            for order in orders:
                found = await self._try([order])
                if found is not None:
                    return found
        return Finding(orders[0], orders[0], Breach("no deadlock", str(lost)))
