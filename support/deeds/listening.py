"""Following live events: what is told to whom, in which order, under which number."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from support.deeds.hiring import hire
from support.deeds.proposing import runtime_of
from support.drivers.api.agents import Description
from support.drivers.api.answer import Refused, accepted
from support.drivers.api.platform import Platform
from support.drivers.api.transport import Caller
from support.drivers.events import Events, Timeline
from support.expectation import expect
from support.story import Customer

STATUS_CHANGED = "agent_status_changed"


def nobody() -> str:
    """The name of a customer that does not exist, formed like one that does."""
    return "cus_00000000000000000000"


async def follow(events: Events, customer_id: str, caller: Caller) -> Timeline | Refused:
    """Everything that one more connection is told from the first event on, or why it was refused."""
    following = await events.follow(customer_id, caller, 0)
    if isinstance(following, Refused):
        return following
    told = await following.timeline()
    await following.close()
    return told


async def register_together(platform: Platform, customer: Customer, count: int) -> None:
    """That many agents of the customer register, none waiting for another."""
    agents = await runtime_of(platform.acting_as(customer.owner), customer)
    hosts = [f"gpu-{number}" for number in range(1, count + 1)]
    for answer in await asyncio.gather(*(agents.agents.register("resource", ("sizes",), host) for host in hosts)):
        accepted(answer)


async def a_day_of_work(platform: Platform, customer: Customer) -> None:
    """An agent registers, is given work, fails and leaves."""
    agent = await hire(platform, customer, Description("performance", "gpu-1", ("latency",)))
    mine = platform.acting_as(agent.caller).agents
    work = accepted(await platform.agents.route(customer.id, "latency"))
    accepted(await mine.report(work.task_id, "failed", "the model server is gone"))
    accepted(await mine.leave(agent.agent_id))


def expect_agents_told(told: Timeline, count: int, name: str) -> None:
    """AssertionError when the customer was not told once of each of that many agents."""
    heard = Counter(event.payload.get("agent_id") for event in told.of_type(STATUS_CHANGED))
    once = len(heard) == count and set(heard.values()) == {1}
    expect(once, lambda: f"{name} should be told once of each of {count} agents, but was told {heard.total()} times of {len(heard)}: {told}")


def expect_nothing_told(told: Timeline, before: int, name: str) -> None:
    """AssertionError when more was told than the `before` events of the beginning."""
    more = told.events[before:]
    expect(not more, lambda: f"{name} should be told nothing of others, but was told: {' | '.join(map(str, more))}")


def expect_order(told: Timeline, expected: Sequence[Sequence[str]]) -> None:
    """AssertionError when the latest events are not these, in this order; each row is a type of event and a word that it says."""
    heard = [(event.type.replace("_", " "), str(event.payload.get("status"))) for event in told.events[-len(expected) :]]
    wanted = [(kind, word) for kind, word in expected]
    expect(heard == wanted, lambda: f"the events should arrive in this order: {wanted}, but what arrived is: {heard}")


def expect_numbered(told: Timeline) -> None:
    """AssertionError when the numbers are not 1, 2, 3 and so on, or an event is older than the one before it."""
    numbers, times = [event.sequence for event in told.events], [event.timestamp for event in told.events]
    ordered = numbers == list(range(1, len(numbers) + 1)) and bool(numbers) and all(one <= next_one for one, next_one in pairwise(times))
    expect(ordered, lambda: f"events should be numbered from 1 without gaps in the order of their times, but were told as {numbers}")


def expect_on_record(told: Timeline, rows: Sequence[Mapping[str, Any]]) -> None:
    """AssertionError when what was told is not what the database holds, event by event."""
    recorded = [(row["sequence"], row["type"], row["payload"]) for row in rows]
    heard = [(event.sequence, event.type, dict(event.payload)) for event in told.events]
    expect(heard == recorded, lambda: f"each event on record should be told once\n  on record: {recorded}\n  told:      {heard}")


def expect_same_told(one: Timeline, other: Timeline | Refused) -> None:
    """AssertionError when two connections were not told the same events under the same numbers, or the second was refused."""
    told = getattr(other, "events", None)
    expect(one.events == told, lambda: f"both should be told the same\n  one:   {one}\n  other: {other}")
