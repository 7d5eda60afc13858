"""The world's parts, put together once and handed to whoever needs them."""

from __future__ import annotations

from dataclasses import dataclass, field

from support.world.accounts import Accounts
from support.world.aws.backends import Addresses
from support.world.aws.events import Events
from support.world.clock.world_clock import WorldClock
from support.world.models.meters import Meters


@dataclass(frozen=True)
class World:
    """Everything that the rooms of the world share."""

    clock: WorldClock
    accounts: Accounts
    events: Events
    addresses: Addresses = field(default_factory=Addresses)
    meters: Meters = field(default_factory=Meters)
