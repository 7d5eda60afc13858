"""Logging in, and what of a session must be open or closed."""

from __future__ import annotations

from support.deeds.guarding import UNAUTHORIZED, dashboard_of
from support.drivers.api.answer import Refused
from support.drivers.api.identity import TokenPair
from support.drivers.api.platform import Platform
from support.drivers.api.transport import NOBODY, Caller, Credentials
from support.expectation import expect
from support.story import Customer


async def log_in(platform: Platform, customer: Customer) -> TokenPair | Refused:
    """A new session of the customer's owner, or why there is none."""
    return await platform.acting_as(NOBODY).identity.log_in(_credentials(customer))


async def fail_to_log_in(platform: Platform, customer: Customer, times: int) -> None:
    """That many logins with a wrong password."""
    right = _credentials(customer)
    for _ in range(times):
        refused = await platform.acting_as(NOBODY).identity.log_in(Credentials(right.username, f"not-{right.password}"))
        expect(isinstance(refused, Refused), lambda: "a wrong password should not open an account, but it did")


async def expect_open(platform: Platform, customer: Customer, session: TokenPair) -> None:
    """AssertionError when the session's access token does not show the customer its dashboard."""
    shown = await dashboard_of(platform, customer, _holder(session))
    expect(not isinstance(shown, Refused), lambda: f"the session should be open, but the dashboard was {shown}")


async def expect_closed(platform: Platform, customer: Customer, session: TokenPair) -> None:
    """AssertionError when one of the session's tokens still works."""
    shown = await dashboard_of(platform, customer, _holder(session))
    renewed = await platform.acting_as(NOBODY).identity.refresh(session.refresh_token)
    answers = {"the token of the session": shown, "the token for its renewal": renewed}
    working = [name for name, answer in answers.items() if not isinstance(answer, Refused) or answer.status != UNAUTHORIZED]
    expect(not working, lambda: f"nothing of the session should be open, but there still works: {' and '.join(working)}")


async def log_out(platform: Platform, session: TokenPair) -> object:
    """The holder of the session ends it."""
    return await platform.acting_as(_holder(session)).identity.log_out()


def _holder(session: TokenPair) -> Caller:
    return Caller("the owner in a session of its own", session.access_token, session.refresh_token)


def _credentials(customer: Customer) -> Credentials:
    credentials = customer.owner.credentials
    assert credentials is not None, "the owner of a persona logs in with a password"
    return credentials
