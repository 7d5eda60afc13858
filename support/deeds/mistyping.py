"""Requests that break the contract in one place, and what must be said of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from support.asking import FOR_AGENTS, Asked, every_request
from support.deeds.guarding import belongings_of
from support.deeds.proposing import runtime_of
from support.deeds.refusing import BREAKS_CONTRACT
from support.drivers.api.answer import Nothing, Refused
from support.drivers.api.contract import PublishedContract
from support.drivers.api.platform import Platform
from support.drivers.api.transport import NOBODY, Request
from support.expectation import expect
from support.story import Customer

SURPLUS = "favourite_colour"
OF_ANOTHER_KIND = {"of": ["another", "kind"]}
FREE_FORM = frozenset({"POST /cloud-events/{}"})
"""What a cloud sends is the cloud's own contract."""


@dataclass(frozen=True)
class Mistake:
    """A request that breaks the contract, and the name of the part in which it does."""

    request: Request
    part: str


@dataclass(frozen=True)
class Judged:
    """A mistake and what the platform answered to it."""

    mistake: Mistake
    asked: Asked


def without_parts(contract: PublishedContract, customer: Customer) -> Iterator[Mistake]:
    """Each request, once without each part that it must have."""
    for request in _with_bodies(contract, customer):
        for part in contract.required_fields(request.method, request.template):
            body = {name: value for name, value in (request.body or {}).items() if name != part}
            yield Mistake(replace(request, body=body), part)


def with_wrong_parts(contract: PublishedContract, customer: Customer) -> Iterator[Mistake]:
    """Each request, once with each of its parts as something of another kind."""
    for request in _with_bodies(contract, customer):
        for part in request.body or {}:
            yield Mistake(replace(request, body={**(request.body or {}), part: OF_ANOTHER_KIND}), part)


def with_a_surplus_part(contract: PublishedContract, customer: Customer) -> Iterator[Mistake]:
    """Each request, with one part more than it may have."""
    for request in _with_bodies(contract, customer):
        yield Mistake(replace(request, body={**(request.body or {}), SURPLUS: "green"}), SURPLUS)


async def ask_mistaken(platform: Platform, customer: Customer, mistakes: Iterable[Mistake]) -> tuple[Judged, ...]:
    """What the platform answers to each, asked by whoever may ask it."""
    owner = platform.acting_as(customer.owner)
    agent = await runtime_of(owner, customer)
    return tuple([Judged(each, Asked(each.request, await _asker(each.request, owner, agent).ask(each.request))) for each in mistakes])


async def mistaken_sign_up(platform: Platform, part: str, wrong: str) -> Nothing | Refused:
    """A sign-up that is sound but for one part."""
    sound: dict[str, Any] = {"email": "ada@mistaken.example", "company_name": "Lovelace", "password": "a-sound-password-of-2026", "plan": "pro"}
    return await platform.acting_as(NOBODY).ask(Request("POST", "/auth/signup", body={**sound, part.replace(" ", "_"): wrong}))


async def mistaken_setting(platform: Platform, customer: Customer, setting: str, wrong: str) -> Nothing | Refused:
    """A change of one setting."""
    body = {"settings": {setting.replace(" ", "_"): wrong}}
    return await platform.acting_as(customer.owner).ask(Request("PATCH", "/customers/{}", (customer.id,), body))


def expect_mistakes_named(judged: Sequence[Judged]) -> None:
    """AssertionError when a mistake was taken, or refused without the name of the part and its rule."""
    wrong = [f"{each.asked} (wrong: {each.mistake.part})" for each in judged if not _named(each)]
    told = "\n  ".join(wrong)
    expect(bool(judged) and not wrong, lambda: f"each mistake should be refused with the part and its rule, but:\n  {told or 'nothing was tried'}")


def _with_bodies(contract: PublishedContract, customer: Customer) -> Iterator[Request]:
    requests = every_request(contract, belongings_of(customer))
    return (request for request in requests if request.body is not None and request.operation not in FREE_FORM)


def _asker(request: Request, owner: Platform, agent: Platform) -> Platform:
    return agent if request.operation in FOR_AGENTS else owner


def _named(judged: Judged) -> bool:
    refused = judged.asked.outcome
    if not isinstance(refused, Refused) or refused.status not in BREAKS_CONTRACT:
        return False
    return any(judged.mistake.part in error.field.split(".") and error.rule.strip() for error in refused.errors)
