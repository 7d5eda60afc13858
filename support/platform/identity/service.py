"""Sign-up, login, sessions and people."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import cast

from pydantic import SecretStr
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from support.platform import ids
from support.platform.customers.records import new_customer
from support.platform.database import add_now, after_commit, record_of
from support.platform.identity import tokens
from support.platform.identity.callers import Caller, alive, session_key, token_invalid
from support.platform.identity.passwords import Hasher, require_acceptable
from support.platform.identity.schemas import LogIn, SignUp, TokenPair
from support.platform.locking import LOCKED, lock_customer, locked_session
from support.platform.problems import Refusal
from support.platform.services import Services
from support.platform.settings import Settings
from support.platform.tables import AuthSession, User
from support.platform.vocabulary import RoleName

ADMIN_EMAIL = "admin@optiinfra.example"

_users = cast("Table", User.__table__)
_ACCOUNT = select(_users).where(_users.c.email == bindparam("email"))
_FORGIVE = update(_users).where(_users.c.id == bindparam("user")).values(failed_logins=0, locked_until=None)


@lru_cache(maxsize=4)
def hasher(settings: Settings) -> Hasher:
    """The one hasher of these settings."""
    return Hasher(settings)


def sign_up(services: Services, asked: SignUp) -> str:
    """Makes the customer with its owner and answers the customer's id.

    A used e-mail address is refused with 409 after as much work as a free one costs, in words that do not say why.
    """
    require_acceptable(services.settings, asked.password, asked.email)
    kept = hasher(services.settings).hash(asked.password)
    try:
        with services.database.session() as session:
            customer = new_customer(services, session, asked.company_name, asked.plan)
            owner = _new_user(services, session, (asked.email, kept, "owner"), customer.id)
            services.audit.record(session, customer.id, owner.id, "customer_signed_up", "customer", customer.id, {"plan": asked.plan})
            return customer.id
    except IntegrityError:
        raise Refusal(409, "signup_refused", "This sign-up cannot be completed. Log in, or ask OptiInfra's support.") from None


def add_user(services: Services, caller: Caller, email: str, password: SecretStr, *, role: RoleName, customer_id: str | None) -> User:
    """Makes somebody who can log in. Raises 409 for a used e-mail address."""
    require_acceptable(services.settings, password, email)
    kept = hasher(services.settings).hash(password)
    try:
        with services.database.session() as session:
            user = _new_user(services, session, (email, kept, role), customer_id)
            services.audit.record(session, customer_id, caller.user_id, "user_added", "user", user.id, {"role": role})
            return user
    except IntegrityError:
        raise Refusal(409, "user_refused", "This person cannot be added.") from None


def log_in(services: Services, asked: LogIn) -> TokenPair:
    """Begins a session. Raises 401 `email_or_password_wrong` alike for every reason, a locked account included."""
    now = services.clock.now()
    with services.database.asking() as connection:
        row = connection.execute(_ACCOUNT, {"email": asked.username.lower()}).one_or_none()
    user = record_of(User, row) if row is not None else None
    right = hasher(services.settings).verify(user.password_hash if user else None, asked.password)
    if user is None or not right or _locked(user, now):
        _failed(services, user, now)
        raise Refusal(401, "email_or_password_wrong", "The e-mail address or the password is wrong, or the account is locked for a while.")
    with services.database.session() as session:
        if user.failed_logins or user.locked_until:
            session.connection().execute(_FORGIVE, {"user": user.id})
        services.audit.record(session, user.customer_id, user.id, "logged_in", "user", user.id)
        return _begin(services, session, user, now)


def refresh(services: Services, token: SecretStr) -> TokenPair:
    """A new pair for the session. A token that was used before ends the whole session; every refusal is 401 alike."""
    now = services.clock.now()
    given = token.get_secret_value()
    session_id, _, _ = given.partition(".")
    with services.database.session() as session:
        found = locked_session(session, session_id)
        renewed = None
        if found is not None and alive(services, found.ended_at, found.last_used_at, now):
            if found.refresh_hash == tokens.fingerprint(given):
                renewed = _renew(services, session, found, now)
            else:
                found.ended_at = now
                after_commit(session, lambda: services.events.nudge(f"session:{session_id}"))
                user = session.get_one(User, found.user_id)
                services.audit.record(session, user.customer_id, user.id, "refresh_token_reused", "session", found.id)
    if renewed is None:
        raise token_invalid()
    return renewed


def log_out(services: Services, caller: Caller) -> None:
    """Ends the caller's session: neither of its tokens works afterwards."""
    if caller.session_id is None:
        raise token_invalid()
    with services.database.session() as session:
        session.get_one(AuthSession, caller.session_id).ended_at = services.clock.now()
        after_commit(session, lambda: services.events.nudge(session_key(caller)))
        services.audit.record(session, caller.customer_id, caller.user_id, "logged_out", "session", caller.session_id)


def ensure_administrator(services: Services) -> None:
    """Makes the administrator that the settings ask for, unless there is one."""
    password = services.settings.admin_password
    if password is None:
        return
    with services.database.reading() as session:
        if session.scalars(select(User.id).where(User.email == ADMIN_EMAIL)).one_or_none():
            return
    kept = hasher(services.settings).hash(password)
    with services.database.session() as session:
        user = _new_user(services, session, (ADMIN_EMAIL, kept, "admin"), None)
        services.audit.record(session, None, "system", "user_added", "user", user.id, {"role": "admin"})


def _new_user(services: Services, session: Session, who: tuple[str, str, RoleName], customer_id: str | None) -> User:
    email, kept, role = who
    user = User(
        id=ids.new_id("usr"),
        customer_id=customer_id,
        email=email,
        password_hash=kept,
        role=role,
        failed_logins=0,
        created_at=services.clock.now(),
    )
    add_now(session, user)
    return user


def _locked(user: User, now: datetime) -> bool:
    return user.locked_until is not None and now < user.locked_until


def _failed(services: Services, user: User | None, now: datetime) -> None:
    """Counts the failed login; the fifth locks. Failing while locked does not lengthen the lock."""
    with services.database.session() as session:
        if user is None:
            services.audit.record(session, None, "unknown", "login_failed", "user", "unknown")
            return
        if user.customer_id is not None:
            lock_customer(session, user.customer_id)
        found = session.get_one(User, user.id, with_for_update=LOCKED)
        if found.locked_until is not None and now >= found.locked_until:
            found.locked_until, found.failed_logins = None, 0
        if found.locked_until is None:
            found.failed_logins += 1
            if found.failed_logins >= services.settings.failed_logins_to_lock:
                found.locked_until = now + timedelta(seconds=services.settings.lock_seconds)
                services.audit.record(session, found.customer_id, found.id, "account_locked", "user", found.id)
        services.audit.record(session, found.customer_id, found.id, "login_failed", "user", found.id)


def _begin(services: Services, session: Session, user: User, now: datetime) -> TokenPair:
    session_id = ids.new_id("ses")
    refresh_token = _refresh_token(session_id)
    add_now(
        session,
        AuthSession(
            id=session_id,
            user_id=user.id,
            family=session_id,
            refresh_hash=tokens.fingerprint(refresh_token),
            created_at=now,
            last_used_at=now,
        ),
    )
    return _pair(services, user, session_id, refresh_token)


def _renew(services: Services, session: Session, found: AuthSession, now: datetime) -> TokenPair:
    refresh_token = _refresh_token(found.id)
    found.refresh_hash = tokens.fingerprint(refresh_token)
    found.last_used_at = now
    return _pair(services, session.get_one(User, found.user_id), found.id, refresh_token)


def _refresh_token(session_id: str) -> str:
    return tokens.random_token(f"{session_id}.")


def _pair(services: Services, user: User, session_id: str, refresh_token: str) -> TokenPair:
    now = services.clock.now()
    role = cast("RoleName", user.role)
    claims = tokens.Claims(user.id, role, user.customer_id, session_id, tokens.expiry(services.settings, now))
    return TokenPair(
        access_token=tokens.issue(services.settings, claims, now),
        refresh_token=refresh_token,
        expires_in=services.settings.access_token_seconds,
    )
