"""The guards at the end of a scenario: a refusal that nobody looked at, and what was left behind in the cloud. Each fails the scenario."""

from __future__ import annotations

import asyncio

import pytest

from support.drivers.api.platform import Platform
from support.drivers.api.transport import Transport
from support.rooms import ROOM, Room
from support.story import Customer
from support.witness.state import left_behind, made_by


class UnreadRefusal(AssertionError):
    """The platform declined what a step asked, and no later step looked at the answer."""


class LeftBehind(AssertionError):
    """Cloud resources that nobody needs any more were still there when the scenario had ended."""


def pytest_bdd_step_error(request: pytest.FixtureRequest) -> None:
    """A scenario that has failed already is not judged further."""
    room = request.node.stash.get(ROOM, None)
    if room is not None:
        room.failed = True


def pytest_bdd_after_scenario(request: pytest.FixtureRequest) -> None:
    """Judges a scenario whose steps have all passed."""
    room = request.node.stash.get(ROOM, None)
    if room is None or room.failed:
        return
    refusal = room.story.unread_refusal
    if refusal is not None:
        raise UnreadRefusal(f"a step was {refusal}; no later step looked at that, so the scenario may have tested nothing")
    loop: asyncio.AbstractEventLoop = request.getfixturevalue("scenario_loop")
    leftovers = loop.run_until_complete(_leftovers(room))
    if leftovers:
        raise LeftBehind("the scenario has ended, but in the customer's cloud there is still:\n  " + "\n  ".join(leftovers))


async def _leftovers(room: Room) -> list[str]:
    found: list[str] = []
    for customer in room.story.customers.values():
        found.extend(await _leftovers_of(customer, room))
    return found


async def _leftovers_of(customer: Customer, room: Room) -> tuple[str, ...]:
    if not customer.deployments:
        return ()  # who runs nothing has nothing that could be changed
    held = await room.simulator.holdings(customer.account)
    if not any(map(made_by, held)):
        return left_behind(held, ())
    platform = Platform(Transport(room.live.client, room.live.contract, room.journal, customer.owner))
    return left_behind(held, await platform.optimizations.of(customer.id))
