"""Passwords that are used, and every place in which one could turn up."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from support.drivers.api.answer import accepted
from support.drivers.api.platform import Platform
from support.drivers.api.transport import NOBODY, Credentials, Request
from support.drivers.events import Timeline
from support.expectation import expect
from support.rooms import Room
from support.story import Customer

if TYPE_CHECKING:
    from support.drivers.records import Records

KEPT = re.compile(r"\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+\$(?P<salt>[A-Za-z0-9+/]{16,})\$[A-Za-z0-9+/]{32,}")
"""The form of an Argon2id hash (PHC string format): parameters, salt, hash."""


async def add_alike(platform: Platform, customer: Customer) -> None:
    """Two colleagues whose passwords are the same."""
    password = _password()
    for who in ("ada", "grace"):
        accepted(await platform.customers.add_colleague(customer.id, Credentials(f"{who}.{customer.account}@example.com", password), "viewer"))


async def use_password(platform: Platform, customer: Customer) -> str:
    """A colleague is added, logs in, mistypes, logs out; the password."""
    colleague = Credentials(f"ada.{customer.account}@example.com", _password())
    accepted(await platform.customers.add_colleague(customer.id, colleague, "viewer"))
    session = await platform.signed_in("Ada", colleague)
    await platform.identity.log_in(Credentials(colleague.username, f"{colleague.password}x"))
    await platform.customers.add_colleague(customer.id, colleague, "viewer")
    accepted(await platform.acting_as(session).identity.log_out())
    return colleague.password


async def misplace_password(platform: Platform, customer: Customer) -> str:
    """The owner's password stands where something else should, at sign-up and at login; the password."""
    owner = customer.owner.credentials
    assert owner is not None, "the owner of a persona logs in with a password"
    right = {"email": owner.username, "company_name": customer.name, "password": owner.password, "plan": "pro"}
    asking = platform.acting_as(NOBODY)
    for field in ("email", "company_name", "plan", "password_again"):
        await asking.ask(Request("POST", "/auth/signup", body={**right, field: owner.password}))
    await asking.ask(Request("POST", "/auth/signup", body={**right, "password": {"is": owner.password}}))
    await asking.ask(Request("POST", "/auth/login", body={"username": owner.password, "password": "anything"}))
    await asking.ask(Request("POST", "/auth/login", body={"username": owner.username, "password": [owner.password]}))
    return owner.password


async def traces_of(records: Records, told: Timeline, room: Room) -> Mapping[str, str]:
    """Every text in which a password could turn up, by what it is."""
    tables = {f"the table {name}": json.dumps([dict(row) for row in await records.of(name)], default=str) for name in await records.tables()}
    answers = "\n".join(json.dumps(exchange.received, default=str) for exchange in room.journal.exchanges)
    process = room.live.process
    log = process.platform.log.read_text(encoding="utf-8", errors="replace") if process else ""
    report = "\n".join(room.journal.attachments().values())
    return {**tables, "an answer": answers, "an event": str([event.model_dump() for event in told.events]), "the log": log, "a report": report}


def expect_hashed(users: Sequence[Mapping[str, Any]]) -> None:
    """AssertionError when a password is kept in another form, or two of them have a salt or a hash in common."""
    kept = [str(user["password_hash"]) for user in users]
    forms = [KEPT.fullmatch(text) for text in kept]
    plain = sum(form is None for form in forms)
    expect(bool(kept) and not plain, lambda: f"each password should be kept as an Argon2id hash with a salt, but {plain} of {len(kept)} are not")
    salts = {form["salt"] for form in forms if form}
    expect(len(salts) == len(kept) == len(set(kept)), lambda: f"each password should have a salt of its own, but {len(kept)} have {len(salts)} salts")


def expect_hidden(password: str, traces: Mapping[str, str]) -> None:
    """AssertionError naming each place in which the password turned up; the password itself is not repeated."""
    found = [place for place, text in traces.items() if password in text]
    expect(bool(traces) and not found, lambda: f"the password should be nowhere to be found, but it is in: {', '.join(found)}")


def _password() -> str:
    return f"{secrets.token_urlsafe(16)}-a7"
