"""Asking for what belongs to somebody else, and what may come of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from support.asking import Asked, ask_all, every_request, requests_about
from support.belongings import Belongings, nothing_of_anybody
from support.deeds.guarding import FORBIDDEN, UNAUTHORIZED, belongings_of
from support.drivers.api.answer import Refused
from support.drivers.api.contract import PublishedContract
from support.drivers.api.platform import Platform
from support.drivers.journal import Journal
from support.expectation import expect
from support.story import Customer

Twice = tuple[Asked, Asked]


async def ask_twice(stranger: Platform, contract: PublishedContract, of: Belongings) -> tuple[Twice, ...]:
    """Each request that names a thing: once about that thing, once about one that does not exist."""
    pairs = requests_about(contract, of, nothing_of_anybody())
    real = await ask_all(stranger, (request for request, _ in pairs))
    absent = await ask_all(stranger, (request for _, request in pairs))
    return tuple(zip(real, absent, strict=True))


async def look_around(platform: Platform, contract: PublishedContract, customer: Customer, journal: Journal) -> Mapping[str, str]:
    """Everything that the customer is shown when it looks wherever it may, by operation."""
    looks = [request for request in every_request(contract, belongings_of(customer)) if request.method == "GET"]
    before = len(journal.exchanges)
    await ask_all(platform.acting_as(customer.owner), looks)
    shown = list(journal.exchanges)[before:]
    return {exchange.operation: json.dumps(exchange.received, default=str) for exchange in shown if exchange.done}


def expect_alike(asked: Sequence[Twice]) -> None:
    """AssertionError when something was not refused as none of one's business, or not word for word like something that does not exist."""
    wrong = [f"{real}\n    of nothing: {absent.outcome}" for real, absent in asked if not _refused(real) or real.outcome != absent.outcome]
    told = "\n  ".join(wrong)
    expect(bool(asked) and not wrong, lambda: f"a stranger should be refused alike, whether a thing exists or not, but:\n  {told}")


def expect_nothing_of(customer: Customer, belongings: Belongings, seen: Mapping[str, str]) -> None:
    """AssertionError when something of the customer was shown, or when nothing was shown at all."""
    names = {customer.record.company_name, customer.account, *customer.deployment.instance_ids, *belongings.ids.values()}
    told = [f"{operation} shows {name}" for operation, text in seen.items() for name in sorted(names) if name in text]
    what = "; ".join(told) or "nothing was shown at all"
    expect(bool(seen) and not told, lambda: f"nothing of {customer.name} should be shown to others, but: {what}")


def _refused(asked: Asked) -> bool:
    return isinstance(asked.outcome, Refused) and asked.outcome.status in (UNAUTHORIZED, FORBIDDEN)
