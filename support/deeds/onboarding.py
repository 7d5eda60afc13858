"""How a customer lets OptiInfra into its cloud, and what must be true of it then."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from support.drivers.api.answer import Refused
from support.drivers.api.customers import CustomerRecord, OnboardingStarted
from support.drivers.api.platform import Platform
from support.drivers.aws import ADMINISTRATOR, REGION
from support.drivers.history import CloudCall
from support.drivers.simulator import Simulator
from support.expectation import expect
from support.newcomers import Newcomers
from support.patience import Limit
from support.story import Customer
from support.waiting import eventually

if TYPE_CHECKING:
    from support.drivers.records import Records

OFFERED_KEY = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
"""The keys of AWS's own documentation."""
KEYS = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|wJalrXUtnFEMI")
KEPT_OF_A_CUSTOMER = ("account_id", "cloud_provider", "region", "iam_role_arn")
KNOWN_OF_A_FLEET = ("discoveries", "instances", "deployments", "analyses", "recommendations")


async def offer_no_role(platform: Platform, customer: Customer) -> OnboardingStarted | Refused:
    """The customer names a role that nobody has made."""
    return await platform.customers.onboard(customer.id, REGION, _role(customer))


async def offer_foreign_role(platform: Platform, simulator: Simulator, customer: Customer) -> OnboardingStarted | Refused:
    """The customer names a role of its account that demands another customer's external id of OptiInfra."""
    role = await simulator.install_stack(customer.account, f"{customer.record.external_id[::-1]}-of-another", None, None)
    return await platform.customers.onboard(customer.id, REGION, role)


async def offer_keys(platform: Platform, customer: Customer) -> OnboardingStarted | Refused:
    """The customer sends keys and names no role."""
    return await platform.customers.offer_keys(customer.id, REGION, *OFFERED_KEY)


async def offer_role(newcomers: Newcomers, customer: Customer) -> OnboardingStarted | Refused:
    """The customer makes the role that OptiInfra asks for and names it."""
    role = await newcomers.grant_access(customer)
    return await newcomers.platform.customers.onboard(customer.id, REGION, role)


async def onboarding_ended(platform: Platform, customer: Customer, status: str, within: Limit) -> CustomerRecord:
    """The customer's record once the onboarding has ended so; AssertionError as soon as it has ended otherwise."""
    return await eventually(
        lambda: platform.customers.get(customer.id),
        holds=lambda record: record.status == status,
        within=within,
        because=f"the onboarding of {customer.name} should end {status.replace('_', ' ')}",
        until_terminal=lambda record: record.status in {"active", "onboarding_failed"},
    )


def expect_onboarded_by_role(record: CustomerRecord, customer: Customer) -> None:
    """AssertionError when the record does not show exactly provider, region and the customer's role."""
    seen = (record.cloud_provider, record.region, record.iam_role_arn)
    wanted = ("aws", REGION, _role(customer))
    expect(seen == wanted, lambda: f"{customer.name} should be onboarded with {wanted}, but is with {seen}")


def expect_entered_by_role(calls: tuple[CloudCall, ...], customer: Customer) -> None:
    """AssertionError when the account was asked for anything otherwise than as the customer's role; its administrator's questions do not count."""
    theirs = [call for call in calls if ADMINISTRATOR not in f"{call.principal} {call.parameters.get('RoleArn')}"]
    assumed = [call for call in theirs if call.action == "AssumeRole"]
    others = sorted({f"{call} as {call.principal}" for call in theirs if "/OptiInfraAccess/" not in (call.principal or "")})
    used_role = len(theirs) > len(assumed) > 0 and not others
    expect(used_role, lambda: f"OptiInfra should enter by its role alone, but of {len(theirs)} requests these were not: {', '.join(others)}")
    used = {(call.parameters.get("RoleArn"), call.parameters.get("ExternalId")) for call in assumed}
    wanted = {(_role(customer), customer.record.external_id)}
    expect(used == wanted, lambda: f"the role should be assumed as {wanted}, but it was as {used}")


def expect_role_asked_for(refusal: Refused) -> None:
    """AssertionError when the refusal does not name the missing role and each key as what is not taken."""
    named = {error.field for error in refusal.errors}
    wanted = {"iam_role_arn", "access_key_id", "secret_access_key"}
    expect(named == wanted, lambda: f"the refusal should ask for a role and turn down both keys, but it names {sorted(named)}: {refusal}")


def expect_reason_to_act_on(record: CustomerRecord, customer: Customer) -> None:
    """AssertionError when the reason does not name the role, what it must demand, and what to do."""
    reason = record.status_reason or "no reason"
    missing = [what for what in (_role(customer), customer.record.external_id, "trust policy", "onboard again") if what not in reason]
    expect(not missing, lambda: f"the reason should name {', '.join(missing)}, but it is: {reason}")


async def expect_nothing_half_onboarded(platform: Platform, records: Records, customer: Customer) -> None:
    """AssertionError when anything of the customer's cloud is shown, or on record."""
    known, analyses = await platform.fleets.of(customer.id), await platform.analyses.of(customer.id)
    shown = known.status != "pending" or known.instances or analyses
    expect(not shown, lambda: f"nothing of {customer.name}'s cloud should be shown, but: {known}, {len(analyses)} analyses")
    (kept,) = await records.of("customers", id=customer.id)
    half = [f"{name} {kept[name]}" for name in KEPT_OF_A_CUSTOMER if kept[name] is not None]
    found = {name: len(await records.of(name, customer_id=customer.id)) for name in KNOWN_OF_A_FLEET}
    half += [f"{count} {name}" for name, count in found.items() if count]
    expect(not half, lambda: f"nothing of a failed onboarding should be kept, but on record are: {', '.join(half)}")


async def expect_no_key_kept(records: Records, customer: Customer) -> None:
    """AssertionError when anything on record about the customer holds an AWS key: its own, or a temporary one of the role."""
    rows = [(table, row) for table, owned in (await records.owned_by(customer.id)).items() for row in owned]
    expect(len(rows) > 1, lambda: f"there should be something on record about {customer.name}, but there is nothing to look through")
    holding = sorted({f"{table}.{column}" for table, row in rows for column, value in row.items() if KEYS.search(str(value))})
    expect(not holding, lambda: f"no key to the customer's cloud should be on record, but there is one in {', '.join(holding)}")


def _role(customer: Customer) -> str:
    return f"arn:aws:iam::{customer.account}:role/OptiInfraAccess"
