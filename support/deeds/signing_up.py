"""Companies that sign up: what they offer, and what must be true of them afterwards."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from support.drivers.api.answer import Refused
from support.drivers.api.identity import SignedUp
from support.drivers.api.platform import Platform
from support.drivers.api.transport import Caller, Credentials
from support.expectation import expect
from support.newcomers import Newcomers
from support.story import Company, Story

if TYPE_CHECKING:
    from support.drivers.records import Records

TELLING = re.compile(r"exist|already|in use|taken|used|regist|known|duplicat|another|e-?mail|address|account", re.IGNORECASE)
"""Words by which a refusal would give away why it was refused."""


def flawed(newcomers: Newcomers, detail: str, entry: str) -> Company:
    """A company of which everything is right but one detail."""
    company = newcomers.company("Northwind", "pro")
    match detail:
        case "email":
            return replace(company, credentials=Credentials(entry, company.credentials.password))
        case "password":
            return replace(company, credentials=Credentials(company.credentials.username, entry))
        case "company_name":
            return replace(company, name=entry)
        case _:
            return replace(company, plan=entry)  # type: ignore[arg-type]  # a plan that is none is the point


def rival_of(newcomers: Newcomers, company: Company, *, capitals: bool = False) -> Company:
    """Another company, with a password of its own and the e-mail address of the first."""
    other, address = newcomers.company("Contoso", "free"), company.credentials.username
    return replace(other, credentials=Credentials(address.upper() if capitals else address, other.credentials.password))


async def expect_in(platform: Platform, company: Company, signed_up: SignedUp | None = None) -> None:
    """AssertionError when the company cannot log in, or finds itself somebody else."""
    tokens = await platform.identity.log_in(company.credentials)
    expect(not isinstance(tokens, Refused), lambda: f"{company} should be able to log in, but was {tokens}")
    if signed_up is not None and not isinstance(tokens, Refused):
        owner = platform.acting_as(Caller(f"the owner of {company.name}", tokens.access_token))
        mine = [customer.id for customer in await owner.customers.listed()]
        expect(mine == [signed_up.customer_id], lambda: f"{company} should see itself and nobody else, but sees {mine}")


async def expect_out(platform: Platform, company: Company) -> None:
    """AssertionError when the company can log in."""
    tokens = await platform.identity.log_in(company.credentials)
    expect(isinstance(tokens, Refused), lambda: f"{company} should not be able to log in with what it offered, but it can")


async def expect_account(platform: Platform, records: Records, story: Story, plan: str) -> None:
    """AssertionError when the company's account, as it is shown and as it is on record, is not what it signed up for."""
    signed_up, company = story.success(SignedUp), story.company
    owner = platform.acting_as(Caller(f"the owner of {company.name}", credentials=company.credentials))
    shown = await owner.customers.get(signed_up.customer_id)
    kept = [(row["company_name"], row["plan"]) for row in await records.of("customers", id=signed_up.customer_id)]
    wanted = (company.name, plan)
    expect(
        (shown.company_name, shown.plan) == wanted and kept == [wanted],
        lambda: f"the account should be of {wanted}, but it shows {(shown.company_name, shown.plan)}, and on record is {kept}",
    )


def expect_flaw_named(refusal: Refused, detail: str) -> None:
    """AssertionError when the refusal is not about exactly this detail, or names no rule."""
    named = [(error.field, error.rule) for error in refusal.errors]
    expect(
        [name for name, _ in named] == [detail] and all(rule for _, rule in named),
        lambda: f"the refusal should name the {detail.replace('_', ' ')} and its rule, but: {refusal}",
    )


def expect_nothing_told(refusal: Refused) -> None:
    """AssertionError when the refusal gives away that the address is known: by its words, or by naming what was wrong."""
    told = TELLING.findall(refusal.reason)
    expect(not told and not refusal.errors, lambda: f"the refusal should not tell why, but it says {', '.join(told) or 'what is wrong'}: {refusal}")
