"""Customers: change, onboard, connect their runtime, leave."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table, and_, bindparam, func, select, update
from sqlalchemy.orm import Session

from support.platform import ids
from support.platform.cloud import AccountUnreachable, account_of
from support.platform.customers.records import SettingsChange, kept, settings_of
from support.platform.customers.schemas import ConnectRuntime, Onboard
from support.platform.database import add_now, change_now
from support.platform.identity import tokens
from support.platform.identity.callers import Caller
from support.platform.locking import lock_customer, locked_customer
from support.platform.problems import Refusal, conflict, invalid
from support.platform.services import Services
from support.platform.tables import AgentCredential, AgentRuntime, AuthSession, Customer, Optimization, User

UNFINISHED = ("pending", "running", "rolling_back")

_changes, _logins = cast("Table", Optimization.__table__), cast("Table", AuthSession.__table__)
_credentials = cast("Table", AgentCredential.__table__)
_in_force = and_(_credentials.c.customer_id == bindparam("customer"), _credentials.c.revoked_at.is_(None))
_people = select(User.id).where(User.customer_id == bindparam("customer"))
_SEALED = select(_credentials.c.sealed_token).where(_in_force)
_REVOKE = update(_credentials).where(_in_force).values(revoked_at=bindparam("now"))
_END_SESSIONS = update(_logins).where(_logins.c.user_id.in_(_people), _logins.c.ended_at.is_(None)).values(ended_at=bindparam("now"))
_BUSY = select(func.count()).where(_changes.c.customer_id == bindparam("customer"), _changes.c.status.in_(UNFINISHED))


def change(services: Services, caller: Caller, customer_id: str, *, company_name: str | None, settings: SettingsChange | None) -> Customer:
    """Changes what is given and leaves the rest; each change of settings raises their version. Audited with old and new values."""
    with services.database.session() as session:
        customer = locked_customer(session, customer_id)
        if company_name is not None and company_name != customer.company_name:
            services.audit.record(
                session, customer_id, caller.user_id, "company_renamed", "customer", customer_id, {"old": customer.company_name, "new": company_name}
            )
            change_now(session, customer, company_name=company_name)
        if settings is not None:
            _change_settings(services, session, caller, customer, settings)
        return customer


def _change_settings(services: Services, session: Session, caller: Caller, customer: Customer, change: SettingsChange) -> None:
    given = {name: getattr(change, name) for name in change.model_fields_set}
    empty = [name for name, value in given.items() if value is None and name != "home_region"]
    if empty:
        raise invalid(f"settings.{empty[0]}", "must not be empty")
    before = settings_of(customer)
    after = before.model_copy(update=given)
    if after.p99_objective_ms < after.p95_objective_ms:
        raise invalid("settings.p99_objective_ms", "must not be below p95_objective_ms")
    old, new = kept(before), kept(after)
    changed = {name: {"old": old[name], "new": new[name]} for name in new if old[name] != new[name]}
    if not changed:
        return
    change_now(session, customer, settings=new, version=customer.version + 1)
    if "interruptible_capacity_allowed" in changed and not after.interruptible_capacity_allowed:
        from support.platform.recommendations.service import take_back_spot

        take_back_spot(services, session, customer.id)
    services.audit.record(session, customer.id, caller.user_id, "settings_changed", "customer", customer.id, changed)
    services.events.publish(session, customer.id, "settings_changed", "orchestrator", {"changed": changed, "version": customer.version})


def onboard(services: Services, caller: Caller, customer_id: str, asked: Onboard) -> None:
    """Begins the onboarding: the role is tried in the background, then the fleet is discovered.

    Asking again for what is under way or done changes nothing; another role is 409 while an onboarding runs or changes are being carried out.
    """
    wanted = (asked.cloud_provider, asked.region, asked.iam_role_arn)
    with services.database.session() as session:
        customer = locked_customer(session, customer_id)
        same = (customer.cloud_provider, customer.region, customer.iam_role_arn) == wanted
        if customer.status in {"onboarding", "active"} and same:
            return
        if customer.status == "onboarding":
            raise conflict("onboarding_under_way", "An onboarding with another role is under way; wait for its end.")
        if customer.status == "active":
            raise conflict("already_onboarded", "The customer is onboarded with another account or role.")
        home = settings_of(customer).home_region
        if home is not None and home != asked.region:
            raise invalid("region", f"must be the customer's home region {home}")
        provider, region, role = wanted
        change_now(session, customer, cloud_provider=provider, region=region, iam_role_arn=role, status="onboarding", status_reason=None)
        services.audit.record(session, customer_id, caller.user_id, "onboarding_started", "customer", customer_id, {"role": asked.iam_role_arn})
    begin_onboarding(services, customer)


def begin_onboarding(services: Services, customer: Customer) -> None:
    """Tries the role as a job. Also called at start for onboardings that a stop has interrupted."""
    services.jobs.run(f"onboarding of {customer.id}", lambda: _onboard(services, customer))


def _onboard(services: Services, customer: Customer) -> None:
    try:
        services.cloud.check(customer)
    except AccountUnreachable as error:
        _fail_onboarding(services, customer, str(error))
        return
    from support.platform.fleet import records
    from support.platform.fleet.service import discover

    with services.database.session() as session:
        found = locked_customer(session, customer.id)
        change_now(session, found, account_id=account_of(str(found.iam_role_arn)), status="active")
        records.begin(services, session, customer.id)
        details = {"account_id": found.account_id, "region": found.region}
        services.audit.record(session, customer.id, "system", "customer_onboarded", "customer", customer.id, details)
        services.events.publish(session, customer.id, "customer_onboarded", "orchestrator", details)
    discover(services, found)


def _fail_onboarding(services: Services, customer: Customer, reason: str) -> None:
    """Keeps the reason and nothing else: the customer is as it was before, and can onboard again."""
    services.cloud.forget(customer)
    with services.database.session() as session:
        found = locked_customer(session, customer.id)
        nothing = dict.fromkeys(("cloud_provider", "region", "iam_role_arn", "account_id"))
        change_now(session, found, status="onboarding_failed", status_reason=reason, **nothing)
        services.audit.record(session, customer.id, "system", "onboarding_failed", "customer", customer.id, {"reason": reason})
        services.events.publish(session, customer.id, "onboarding_failed", "orchestrator", {"reason": reason})


def agent_token(services: Services, caller: Caller, customer_id: str) -> str:
    """The token of the customer's install command: made at the first asking, the same from then on."""
    with services.database.session() as session:
        lock_customer(session, customer_id)
        sealed = session.connection().execute(_SEALED, {"customer": customer_id}).scalar_one_or_none()
        if sealed is not None:
            return tokens.unseal(services.settings, sealed)
        token = tokens.random_token(tokens.AGENT_PREFIX)
        made = AgentCredential(
            id=ids.new_id("acr"),
            customer_id=customer_id,
            token_hash=tokens.fingerprint(token),
            sealed_token=tokens.seal(services.settings, token),
            created_at=services.clock.now(),
        )
        add_now(session, made)
        services.audit.record(session, customer_id, caller.user_id, "agent_token_issued", "agent_credential", made.id)
        return token


def connect_runtime(services: Services, asked: ConnectRuntime) -> str:
    """Registers the runtime's host and answers its id, the same for the same host. Raises 401 for every token but the customer's own."""
    with services.database.session() as session:
        credential = session.scalars(
            select(AgentCredential).where(
                AgentCredential.customer_id == asked.customer_id,
                AgentCredential.revoked_at.is_(None),
                AgentCredential.token_hash == tokens.fingerprint(asked.agent_token.get_secret_value()),
            )
        ).one_or_none()
        if credential is None:
            raise Refusal(401, "runtime_token_wrong", "This token does not belong to this customer's install command.")
        lock_customer(session, asked.customer_id)
        found = session.scalars(
            select(AgentRuntime).where(AgentRuntime.customer_id == asked.customer_id, AgentRuntime.hostname == asked.hostname)
        ).one_or_none()
        if found is None:
            found = _runtime(services, asked)
            session.add(found)
        found.version, found.connected_at = asked.version, services.clock.now()
        details = {"hostname": asked.hostname, "version": asked.version}
        services.audit.record(session, asked.customer_id, f"agent:{credential.id}", "runtime_connected", "agent_runtime", found.id, details)
        services.events.publish(session, asked.customer_id, "agent_connected", "orchestrator", {"runtime_id": found.id, **details})
        return found.id


def leave(services: Services, caller: Caller, customer_id: str) -> None:
    """Ends the customer: nobody of it gets in any more and nothing is observed; its audit trail stays.

    Raises 409 while a change is being carried out.
    """
    now = services.clock.now()
    with services.database.session() as session:
        customer = locked_customer(session, customer_id)
        connection = session.connection()
        if connection.execute(_BUSY, {"customer": customer_id}).scalar_one():
            raise conflict("changes_under_way", "A change is being carried out; wait for its end or cancel it.")
        change_now(session, customer, status="deleted", deleted_at=now)
        connection.execute(_END_SESSIONS, {"customer": customer_id, "now": now})
        connection.execute(_REVOKE, {"customer": customer_id, "now": now})
        services.audit.record(session, customer_id, caller.user_id, "customer_left", "customer", customer_id)
    services.cloud.forget(customer)


def _runtime(services: Services, asked: ConnectRuntime) -> AgentRuntime:
    return AgentRuntime(
        id=ids.new_id("run"),
        customer_id=asked.customer_id,
        hostname=asked.hostname,
        version=asked.version,
        connected_at=services.clock.now(),
    )
