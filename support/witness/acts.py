"""How each act of an order reaches the platform and the world, and what is noted of its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from support import words
from support.drivers.api.answer import Refused
from support.drivers.api.recommendations import Decision, Recommendation
from support.witness.invariants import Execution, Happened
from support.witness.orders import ENDING, HOLDING, KEEPING
from support.witness.stages import Cast, Stage

AGENTS = words.words(words.AgentType)


class Acting:
    """Performs acts on one stage with one cast, and notes what was accepted."""

    def __init__(self, stage: Stage, cast: Cast, seen: Happened) -> None:
        self._stage = stage
        self._cast = cast
        self._seen = seen
        self._acts: Mapping[str, Callable[[], Awaitable[None]]] = {
            "approve keeping": lambda: self._approve(cast[KEEPING]),
            "approve holding": lambda: self._approve(cast[HOLDING]),
            "approve ending": lambda: self._approve(cast[ENDING]),
            "reject keeping": lambda: self._reject(cast[KEEPING]),
            "reject ending": lambda: self._reject(cast[ENDING]),
            "revise keeping": self._revise,
            "approve all together": self._approve_together,
            "settle two sides": lambda: self._settle((cast.all[0], cast.all[-1]), times=1),
            "settle all sides": lambda: self._settle(cast.all, times=1),
            "settle once, carry out twice": lambda: self._settle(cast.all[::-1], times=2),
            "analyse": self._analyse,
            "reclaim": self._reclaim,
        }

    async def perform(self, act: str) -> None:
        """Asks, and returns when it was answered."""
        await self._acts[act]()

    async def _approve(self, wanted: Recommendation) -> None:
        answer = await self._stage.owner.recommendations.approve(wanted.id, wanted.version)
        if isinstance(answer, Decision):
            self._seen.approvals.append((wanted.id, answer))

    async def _reject(self, unwanted: Recommendation) -> None:
        if not isinstance(await self._stage.owner.recommendations.reject(unwanted.id, "not wanted"), Refused):
            self._seen.rejections.append(unwanted.id)

    async def _revise(self) -> None:
        wanted = self._cast[KEEPING]
        if not isinstance(await self._stage.agents.recommendations.revise(wanted.id, confidence="0.90"), Refused):
            self._seen.revisions.append(wanted.id)

    async def _approve_together(self) -> None:
        answer = await self._stage.owner.recommendations.approve_together([each.id for each in self._cast.all])
        if not isinstance(answer, Refused):
            self._seen.together.append(answer)

    async def _settle(self, sides: tuple[Recommendation, ...], *, times: int) -> None:
        conflicts = self._stage.owner.conflicts
        decided = await conflicts.settle(self._stage.customer_id, [each.id for each in sides])
        if not isinstance(decided, Refused):
            answers = await asyncio.gather(*(conflicts.execute(decided.id) for _ in range(times)))
            self._seen.executions += [Execution(decided, answer) for answer in answers]

    async def _analyse(self) -> None:
        self._stage.analysed += 1
        await self._stage.owner.analyses.start(self._stage.customer_id, AGENTS[self._stage.analysed % len(AGENTS)])  # type: ignore[arg-type]

    async def _reclaim(self) -> None:
        stage = self._stage
        spot = [node.instance_id for node in await stage.cloud.nodes_of(stage.account) if node.lifecycle == "spot"]
        left = [node for node in spot if node not in stage.reclaimed]
        if left:
            stage.reclaimed.add(left[0])
            await stage.simulator.reclaim(stage.account, left[:1])
