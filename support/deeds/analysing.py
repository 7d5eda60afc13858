"""Who has analysed a customer's fleet of its own accord."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from support import words
from support.drivers.api.analyses import Analysis
from support.drivers.api.answer import accepted
from support.drivers.api.platform import Platform
from support.patience import Limit
from support.story import Customer
from support.waiting import eventually

AGENTS = frozenset(words.words(words.AgentType))


async def analysed(platform: Platform, customer: Customer, agent: words.AgentType, within: Limit) -> Analysis:
    """The agent is asked to analyse the fleet as it is now, and has; AssertionError when it fails or takes too long."""
    started = accepted(await platform.analyses.start(customer.id, agent))

    async def looked() -> Analysis:
        return next(each for each in await platform.analyses.of(customer.id) if each.id == started.analysis_id)

    return await eventually(
        looked,
        holds=lambda analysis: analysis.status == "completed",
        within=within,
        because=f"the {agent} agent should analyse {customer.name}'s fleet",
        until_terminal=lambda analysis: analysis.status == "failed",
    )


async def expect_everybody_looked(
    platform: Platform, customer: Customer, trigger: Literal["discovery", "monitoring"], within: Limit, after: datetime | None = None
) -> None:
    """AssertionError when not all four agents complete an analysis with that trigger in time, begun after `after` where it is given."""

    async def looked() -> frozenset[str]:
        analyses = await platform.analyses.of(customer.id)
        return frozenset(
            each.agent_type
            for each in analyses
            if each.trigger == trigger and each.status == "completed" and (after is None or each.started_at > after)
        )

    await eventually(
        looked,
        holds=lambda agents: agents == AGENTS,
        within=within,
        because=f"all four agents should analyse {customer.name}'s fleet ({trigger})",
    )
