"""The world's parts, put together once and handed to whoever needs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from support.world.accounts import Account, Accounts
from support.world.aws.backends import Addresses
from support.world.aws.events import Events
from support.world.clock.world_clock import WorldClock
from support.world.models.engines import engine_settings
from support.world.models.meters import Meter


@dataclass(frozen=True)
class World:
    """Everything that the rooms of the world share."""

    clock: WorldClock
    accounts: Accounts
    events: Events
    addresses: Addresses = field(default_factory=Addresses)

    def settle(self, account: Account) -> None:
        """Brings the counters of the account's model servers up to now; to be called before anything changes that traffic depends on."""
        account.meters.settle(account, self.clock.now, partial(engine_settings, account.number))

    def meter(self, account: Account, instance_id: str) -> Meter:
        """The counters of one model server, as they are now."""
        self.settle(account)
        return account.meters.meter(account, instance_id, partial(engine_settings, account.number))
