"""The audit trail against what really was asked for."""

from __future__ import annotations

from collections.abc import Sequence

import jwt

from support.belongings import Belongings
from support.drivers.api.answer import Refused
from support.drivers.api.audit import AuditTrail
from support.drivers.api.customers import CustomerRecord
from support.drivers.api.platform import Platform
from support.drivers.api.transport import Caller
from support.drivers.journal import Exchange, Journal
from support.expectation import expect
from support.story import Customer
from support.undo import Undo

NO_CHANGE = frozenset({"POST /orchestrator/agents/{}/heartbeat"})
"""What is no change, although it is no mere look: a sign of life comes twice a minute from every agent."""
AGENT, ITSELF = "agent:", "system"
"""How the trail names agents, and the platform."""


def changes_asked_for(journal: Journal, auditor: Platform) -> tuple[Exchange, ...]:
    """What the platform has done so far because somebody other than the auditor asked, and what was more than a look."""
    reading = auditor.caller.credentials.username if auditor.caller.credentials else ""
    asked = (exchange for exchange in journal.exchanges if exchange.done and exchange.method != "GET" and exchange.operation not in NO_CHANGE)
    return tuple(exchange for exchange in asked if (exchange.sent or {}).get("username") != reading)


async def make_customer(administrator: Platform, undo: Undo, name: str) -> CustomerRecord | Refused:
    """A customer that the administrator makes, and unmakes at the end of the scenario."""
    made = await administrator.customers.make(name, "pro")
    if isinstance(made, CustomerRecord):
        undo.push(lambda: administrator.customers.leave(made.id))
    return made


def expect_made_by(trail: AuditTrail, customer: CustomerRecord, who: Caller) -> None:
    """AssertionError when the trail does not begin with the customer's making, by that person."""
    first = trail.entries[0] if trail.entries else None
    said = first and (first.user, first.action, first.entity_type, first.entity_id)
    wanted = (user_of(who), "customer_made", "customer", customer.id)
    expect(said == wanted, lambda: f"the trail should begin with {wanted}, but it begins with {said or 'nothing'}")


def user_of(caller: Caller) -> str:
    """The platform's name for somebody, as the token at hand says it."""
    return str(jwt.decode(str(caller.token), options={"verify_signature": False})["sub"])


def expect_complete(trail: AuditTrail, changes: Sequence[Exchange], name: str) -> None:
    """AssertionError when a change that was asked for left no entry, or an entry does not say everything."""
    recorded = {entry.correlation_id for entry in trail.entries}
    missing = [exchange.operation for exchange in changes if exchange.correlation not in recorded]
    expect(bool(changes) and not missing, lambda: f"every change that {name} asked for should be on record, but there is nothing of: {missing}")
    partial = [entry for entry in trail.entries if not (entry.user and entry.action and entry.entity_type and entry.entity_id)]
    expect(not partial, lambda: f"every entry should name user, action and entity, but these do not: {partial}")
    numbers = [entry.sequence for entry in trail.entries]
    expect(numbers == list(range(1, len(numbers) + 1)), lambda: f"the trail should be numbered without gaps, but is numbered {numbers}")


def expect_said(trail: AuditTrail, deeds: Sequence[Sequence[str]], customer: Customer, of: Belongings) -> None:
    """AssertionError when the trail does not say each of these: who, what, and to which of the customer's things."""
    who = {"the owner": user_of(customer.owner), "an agent": AGENT, "OptiInfra": ITSELF}
    said = {(entry.action, entry.entity_type, entry.entity_id, _kind(entry.user)) for entry in trail.entries}
    wanted = {f"{person}: {what} ({thing})": (what.replace(" ", "_"), thing, of.ids[thing], who[person]) for person, what, thing in deeds}
    missing = [deed for deed, entry in wanted.items() if entry not in said]
    actions = sorted({f"{entry.action} ({entry.entity_type})" for entry in trail.entries})
    expect(not missing, lambda: f"the trail should say: {'; '.join(missing)}; but it says only: {', '.join(actions)}")


def _kind(user: str) -> str:
    return AGENT if user.startswith(AGENT) else user
