"""What must stay closed, to whom, and what must not have happened meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from support.asking import Asked
from support.belongings import Belongings, nothing_of_anybody
from support.deeds.forging import with_token_only
from support.drivers.api.answer import Nothing, Refused, accepted
from support.drivers.api.contract import PublishedContract
from support.drivers.api.platform import Platform
from support.drivers.api.transport import Caller, Request
from support.drivers.time import ControlledClock
from support.expectation import expect
from support.story import Customer

if TYPE_CHECKING:
    from support.drivers.records import Records

UNAUTHORIZED, FORBIDDEN = 401, 403
REST = timedelta(minutes=20)
"""How long a busy owner does nothing, at most."""

_OF_NO_INTEREST = frozenset({"audit_entries", "audit_heads"})
"""Where the attempt itself is on record."""
_VOLATILE = frozenset({"failed_logins", "locked_until"})


def belongings_of(customer: Customer) -> Belongings:
    """What a customer owns that has only just signed up: itself."""
    return Belongings({**nothing_of_anybody().ids, "customer": customer.id})


async def dashboard_of(platform: Platform, customer: Customer, caller: Caller) -> Nothing | Refused:
    """The customer's dashboard, asked for by that caller."""
    return await platform.acting_as(caller).ask(Request("GET", "/portal/customers/{}/dashboard", (customer.id,)))


async def busy_for(platform: Platform, customer: Customer, length: timedelta, clock: ControlledClock) -> None:
    """That much time passes, in which the owner uses the token of the beginning again and again, and at its last good moment."""
    owner = with_token_only(customer.owner)
    left = length
    while left > REST:
        await clock.advance(REST)
        left -= REST
        accepted(await dashboard_of(platform, customer, owner))
    await clock.advance(left)


async def held_of(records: Records, customer: Customer) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Every row that the database holds of the customer, by table, without the trail of attempts."""
    held = await records.owned_by(customer.id)
    return {
        table: [{key: value for key, value in row.items() if key not in _VOLATILE} for row in rows]
        for table, rows in held.items()
        if table not in _OF_NO_INTEREST
    }


def expect_same_held(before: Mapping[str, Sequence[Mapping[str, Any]]], after: Mapping[str, Sequence[Mapping[str, Any]]], name: str) -> None:
    """AssertionError when a row was added, removed or changed, or a table is gone."""
    changed = {table: _difference(rows, after.get(table)) for table, rows in before.items() if rows != after.get(table)}
    told = "\n".join(f"  {table}: {what}" for table, what in changed.items())
    expect(not changed, lambda: f"OptiInfra should hold the same of {name} as before, but there changed:\n{told}")


def expect_refused_without_token(asked: Sequence[Asked]) -> None:
    """AssertionError when an operation was open, or refused otherwise than all the others."""
    opened = [str(each) for each in asked if not isinstance(each.outcome, Refused) or each.outcome.status != UNAUTHORIZED]
    expect(bool(asked) and not opened, lambda: "without a valid token these should be refused, but were answered:\n  " + "\n  ".join(opened))
    said = {each.outcome for each in asked}
    expect(len(said) == 1, lambda: f"whatever is asked for, the refusal should be the same, but there are: {'; '.join(map(str, said))}")


def expect_published_as_protected(contract: PublishedContract, asked: Sequence[Asked]) -> None:
    """AssertionError when what is published as protected and what really is are not the same operations."""
    refused, published = {each.request.operation for each in asked if each.refused}, contract.protected
    wrong = sorted(refused ^ published)
    expect(not wrong, lambda: f"these are published as protected and are not, or are and are not published so: {', '.join(wrong)}")


def _difference(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]] | None) -> str:
    if after is None:
        return "the whole table is gone"
    lost = [dict(row) for row in before if row not in after]
    new = [dict(row) for row in after if row not in before]
    return f"was {lost or 'nothing'}, is {new or 'nothing'}"
