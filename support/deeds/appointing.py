"""People with a role, and what they are shown."""

from __future__ import annotations

import secrets

from support.drivers.api.answer import Nothing, Refused, accepted
from support.drivers.api.platform import Platform
from support.drivers.api.transport import Caller, Credentials, Request
from support.story import Customer
from support.words import Role


async def colleague_of(platform: Platform, customer: Customer, role: Role) -> Caller:
    """Somebody new who acts for the customer in that role, and has logged in."""
    credentials = _credentials()
    accepted(await platform.acting_as(customer.owner).customers.add_colleague(customer.id, credentials, role))
    return await platform.signed_in(f"the {role} of {customer.name}", credentials)


async def staff(administrator: Platform, role: Role) -> Caller:
    """Somebody new of OptiInfra's own in that role, who has logged in."""
    credentials = _credentials()
    accepted(await administrator.identity.add_staff(credentials, role))
    return await administrator.signed_in(f"OptiInfra's {role}", credentials)


async def read_by(platform: Platform, who: Caller, customer: Customer) -> Nothing | Refused:
    """What comes of somebody's wish to read the customer's audit trail."""
    return await platform.acting_as(who).ask(Request("GET", "/customers/{}/audit", (customer.id,)))


def _credentials() -> Credentials:
    return Credentials(f"{secrets.token_hex(6)}@people.example.com", f"{secrets.token_urlsafe(16)}-a7")
