"""A last look around when a scenario has failed: what happened to each customer, and what runs in its cloud now."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from support.drivers.api.transport import Transport
from support.drivers.cloud import Cloud
from support.drivers.events import Events
from support.drivers.journal import Journal
from support.drivers.lost import ContractBroken, TargetLost
from support.evidence.attachments import EvidenceUnavailable
from support.rooms import Room
from support.story import Customer

LONGEST = 5.0
"""Seconds of real time: whoever hangs has been waited for already."""

MOST_LINES = 200
_LOOKING = ("Describe", "Get", "List", "AssumeRole")
"""How AWS calls begin that change nothing."""

Moment = tuple[datetime, str]


def aftermath(room: Room, loop: asyncio.AbstractEventLoop) -> Mapping[str, str]:
    """The timeline of every customer of the scenario, in the customer's time; the cloud as it is now goes to the scenario's journal.

    Raises EvidenceUnavailable with the reason where the target does not answer.
    """
    try:
        moments = loop.run_until_complete(asyncio.wait_for(_looked_around(room), LONGEST))
    except (TargetLost, ContractBroken, BotoCoreError, ClientError, TimeoutError) as refused:
        raise EvidenceUnavailable(f"the timeline and the cloud: {str(refused) or 'nobody answered in time'}") from refused
    lines = [f"{when:%Y-%m-%d %H:%M:%S} {what}" for when, what in sorted(moments, key=lambda moment: moment[0])]
    return {"timeline": room.live.secrets.masked("\n".join(lines[-MOST_LINES:]))} if lines else {}


async def _looked_around(room: Room) -> list[Moment]:
    moments: list[Moment] = []
    for customer in room.story.customers.values():
        await Cloud(room.live.aws, room.journal).fleet_of(customer.account)
        moments += await _changed(room, customer)  # before what was told of it: within one instant only that much of the order is known
        moments += await _told(room, customer)
    return moments


async def _told(room: Room, customer: Customer) -> list[Moment]:
    """What OptiInfra told the customer since it exists; what is asked here is no exchange of the scenario's own."""
    live = room.live
    transport = Transport(live.client, live.contract, Journal(live.secrets), customer.owner)
    events = Events(live.running.addresses.platform, transport, live.clock, live.pushed)
    try:
        timeline = await events.of(customer.id, customer.owner)
    finally:
        await events.close()
    return [(event.timestamp, f"{customer.name}: {event}") for event in timeline.events]


async def _changed(room: Room, customer: Customer) -> list[Moment]:
    """What AWS was asked to change in the customer's account, where the world remembers it."""
    if room.live.running.addresses.control is None:
        return []
    calls = await room.simulator.calls(customer.account)
    changing = (call for call in calls if not call.action.startswith(_LOOKING))
    return [(call.time, f"{customer.name}'s cloud: {str(call).partition(' ')[2]}") for call in changing]
