"""Commands to the database in the place of a customer's words, and what may come of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from support.asking import FOR_AGENTS, LAST, Asked, every_request
from support.belongings import Belongings
from support.deeds.guarding import belongings_of
from support.deeds.proposing import runtime_of
from support.drivers.api.contract import PublishedContract
from support.drivers.api.platform import Platform
from support.drivers.api.transport import Request
from support.expectation import expect
from support.newcomers import Newcomers
from support.personas import persona
from support.story import Customer

if TYPE_CHECKING:
    from support.drivers.records import Records

COMMAND = "x' OR '1'='1'; DROP TABLE recommendations; --"
MAKES_A_CUSTOMER = ("POST /auth/signup",)
"""What is tried by a scenario of its own, because a customer that comes to be must leave again."""


async def in_every_text(platform: Platform, contract: PublishedContract, customer: Customer, of: Belongings) -> tuple[Asked, ...]:
    """What comes of each request of which one text is a command, asked by whoever may ask it, the owner or an agent."""
    sound = [request for request in every_request(contract, of) if request.operation not in (*LAST, *MAKES_A_CUSTOMER)]
    return await _asked(platform, customer, [bad for request in sound for bad in _texts_replaced(request)])


async def in_every_place(platform: Platform, contract: PublishedContract, customer: Customer) -> tuple[Asked, ...]:
    """What comes of each request in whose address one name is a command, asked by whoever may ask it, the owner or an agent."""
    sound = every_request(contract, belongings_of(customer))
    bad = [replace(request, ids=(*request.ids[:place], COMMAND, *request.ids[place + 1 :])) for request in sound for place in range(len(request.ids))]
    return await _asked(platform, customer, bad)


async def join_as(newcomers: Newcomers, name: str) -> Customer:
    """A company of that name signs up."""
    return await newcomers.greet(replace(persona("Tinker"), name=name))


async def expect_kept_as_text(asked: Sequence[Asked], records: Records) -> None:
    """AssertionError when a table is gone, or a command that was accepted is not on record as the text that it was."""
    taken = [each.request.operation for each in asked if not each.refused]
    expect(bool(asked), lambda: "there should be texts into which a command can be put, but there are none")
    tables = await records.tables()
    expect("recommendations" in tables, lambda: f"no command should be carried out, but of the tables there are left: {', '.join(tables)}")
    kept = [table for table in tables if COMMAND in _said(await records.of(table))]
    expect(not taken or bool(kept), lambda: f"what was accepted should be kept as text, but it is on no record; accepted were: {', '.join(taken)}")


def expect_all_refused(asked: Sequence[Asked]) -> None:
    """AssertionError when something was done, or nothing was tried."""
    done = [str(each) for each in asked if not each.refused]
    expect(bool(asked) and not done, lambda: f"no such address should lead anywhere, but: {'; '.join(done)}")


async def _asked(platform: Platform, customer: Customer, requests: Sequence[Request]) -> tuple[Asked, ...]:
    owner = platform.acting_as(customer.owner)
    agent = await runtime_of(owner, customer)
    return tuple([Asked(each, await (agent if each.operation in FOR_AGENTS else owner).ask(each)) for each in requests])


def _texts_replaced(request: Request) -> Iterator[Request]:
    """The request, once for each of its texts, with a command in the place of that text."""
    for body in _replaced(request.body or {}):
        yield replace(request, body=body)
    for name in request.query:
        yield replace(request, query={**request.query, name: COMMAND})


def _replaced(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name, value in body.items():
        if isinstance(value, str):
            yield {**body, name: COMMAND}
        elif isinstance(value, list):
            yield {**body, name: [COMMAND]}
        elif isinstance(value, Mapping):
            yield from ({**body, name: inner} for inner in _replaced(value))


def _said(rows: Sequence[Mapping[str, Any]]) -> str:
    """Every text of the rows, as it was written."""
    return "\n".join(value if isinstance(value, str) else json.dumps(value, default=str) for row in rows for value in row.values())
