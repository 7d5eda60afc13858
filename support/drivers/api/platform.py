"""The platform as steps use it: one resource for each noun, on behalf of one caller at a time."""

from __future__ import annotations

from support.drivers.api.agents import Agents
from support.drivers.api.analyses import Analyses
from support.drivers.api.answer import Nothing, Refused, accepted
from support.drivers.api.audit import Audit
from support.drivers.api.conflicts import Conflicts
from support.drivers.api.customers import Customers
from support.drivers.api.fleets import Fleets
from support.drivers.api.health import HealthPage
from support.drivers.api.identity import Identity
from support.drivers.api.optimizations import Optimizations
from support.drivers.api.portal import Portal
from support.drivers.api.recommendations import Recommendations
from support.drivers.api.transport import Caller, Credentials, Request, Transport


class Platform:
    """OptiInfra. Who asks is the caller: nobody at first, then whoever has logged in last."""

    def __init__(self, transport: Transport) -> None:
        self._bind(transport)

    def _bind(self, transport: Transport) -> None:
        self._transport = transport
        self.identity = Identity(transport)
        self.customers = Customers(transport)
        self.fleets = Fleets(transport)
        self.analyses = Analyses(transport)
        self.recommendations = Recommendations(transport)
        self.optimizations = Optimizations(transport)
        self.conflicts = Conflicts(transport)
        self.portal = Portal(transport)
        self.audit = Audit(transport)
        self.agents = Agents(transport)
        self.health = HealthPage(transport)

    @property
    def caller(self) -> Caller:
        """On whose behalf this facade asks."""
        return self._transport.caller

    async def ask(self, request: Request) -> Nothing | Refused:
        """Any request at all, where what the answer holds does not matter; it is held against the published contract like every other."""
        return await self._transport.ask(Nothing, request)

    def acting_as(self, caller: Caller) -> Platform:
        """The platform as somebody else sees it; this facade keeps its own caller."""
        return Platform(self._transport.on_behalf_of(caller))

    def become(self, caller: Caller) -> None:
        """From now on this facade asks on behalf of `caller`."""
        self._bind(self._transport.on_behalf_of(caller))

    async def signed_in(self, name: str, credentials: Credentials) -> Caller:
        """A caller with a session of its own, which is renewed by logging in again when it has run out."""
        tokens = accepted(await self.identity.log_in(credentials))
        return Caller(name, tokens.access_token, tokens.refresh_token, credentials)
