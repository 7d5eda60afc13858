"""Who is calling, and what it may touch."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import Connection, Row, Select, Table, bindparam, select, update
from starlette.requests import Request

from support.platform import ids
from support.platform.database import record_of, row_now
from support.platform.identity import tokens
from support.platform.identity.roles import GRANTS, STAFF, Permission
from support.platform.identity.throttle import count_request
from support.platform.problems import Refusal, not_found
from support.platform.services import Services, services_of
from support.platform.tables import AgentCredential, AuthSession, Customer, Optimization, Recommendation, Resolution, User
from support.platform.vocabulary import RoleName

TOUCH_SECONDS = 60
"""How exactly a session remembers when it was last used."""

NOT_YOURS = "This is not yours, or does not exist."

Belonging = TypeVar("Belonging", Recommendation, Resolution, Optimization)
_PREFIXES = {Recommendation: "rec", Resolution: "res", Optimization: "opt"}

_logins, _credentials = cast("Table", AuthSession.__table__).c, cast("Table", AgentCredential.__table__).c
_customers = cast("Table", Customer.__table__).c
_LOGIN = (
    select(*_customers, _logins.ended_at, _logins.last_used_at, _logins.user_id, User.role)
    .join_from(AuthSession, User, User.id == _logins.user_id)
    .join(Customer, User.customer_id == _customers.id, isouter=True)
    .where(_logins.id == bindparam("session"))
)
_AGENT = (
    select(*_customers, _credentials.id)
    .join_from(AgentCredential, Customer, _customers.id == _credentials.customer_id)
    .where(_credentials.token_hash == bindparam("fingerprint"), _credentials.revoked_at.is_(None), _customers.deleted_at.is_(None))
)
_TOUCH = update(AuthSession).where(_logins.id == bindparam("session"), _logins.ended_at.is_(None)).values(last_used_at=bindparam("now"))

_bearer = HTTPBearer(auto_error=False, description="An access token from /auth/login, or an agent token from the install command.")


def not_yours() -> Refusal:
    """403, the same for what belongs to somebody else and for what does not exist."""
    return Refusal(403, "not_yours", NOT_YOURS)


def token_invalid() -> Refusal:
    """401, the same whatever is wrong with the token."""
    return Refusal(401, "token_invalid", "A valid token is needed: log in again.")


@dataclass(frozen=True)
class Caller:
    """A user or an agent whose token was checked. `user_id` is what the audit trail names, `customer` what was found of its own customer then."""

    user_id: str
    role: RoleName
    customer_id: str | None
    session_id: str | None = None
    expires_at: datetime | None = None
    credential_id: str | None = None
    customer: Customer | None = field(default=None, repr=False, compare=False)

    @property
    def is_staff(self) -> bool:
        """Whether it may see every customer."""
        return self.role in STAFF and self.customer_id is None

    def require(self, permission: Permission) -> None:
        """Raises 403 `role_may_not` unless the role has the permission."""
        if permission not in GRANTS.get(self.role, frozenset()):
            raise Refusal(403, "role_may_not", f"The role {self.role} may not {permission.value}.")

    def may(self, permission: Permission, customer_id: str | None) -> None:
        """Raises 403 unless the role has the permission and the customer is the caller's own (staff: any).

        `None` stands for something that was not found: for a customer's people that is `not_yours` like everything foreign, for staff 404.
        """
        if not self.is_staff and customer_id != self.customer_id:
            raise not_yours()
        self.require(permission)
        if customer_id is None:
            raise not_found("entity")


async def caller(request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Caller:
    """The caller of this request. Raises 401 without a valid token and 429 beyond the customer's limit."""
    if credentials is None:
        raise token_invalid()
    services = services_of(request)
    found = identify(services, credentials.credentials)
    request.state.caller = found
    count_request(services, found.customer_id)
    return found


CallerDep = Annotated[Caller, Depends(caller)]
"""Every protected operation takes one of these."""


def identify(services: Services, token: str) -> Caller:
    """Whose token this is. Raises 401 for every token that does not hold."""
    return _agent(services, token) if token.startswith(tokens.AGENT_PREFIX) else _user(services, token)


def session_key(caller: Caller) -> str:
    """What is nudged (`Events.nudge`) when the caller's token is no longer valid."""
    return f"session:{caller.session_id or caller.credential_id}"


def require_customer(services: Services, caller: Caller, permission: Permission, customer_id: str, *, even_deleted: bool = False) -> Customer:
    """The customer's record, after the permission was checked. An id that cannot be one is 404 before any look-up."""
    if not ids.well_formed(customer_id, "cus"):
        raise not_found("customer")
    caller.may(permission, customer_id)
    found = caller.customer
    if found is None or found.id != customer_id:
        with services.database.asking() as connection:
            found = row_now(connection, Customer, customer_id)
    if found is None or (found.deleted_at is not None and not even_deleted):
        caller.may(permission, None)
        raise not_yours()
    return found


def require_own(services: Services, caller: Caller, permission: Permission, kind: type[Belonging], identifier: str) -> Belonging:
    """What belongs to a customer, after the permission was checked. An id that cannot be one of that kind is 404 before any look-up."""
    with services.database.asking() as connection:
        return own(connection, caller, permission, kind, identifier)


def own(connection: Connection, caller: Caller, permission: Permission, kind: type[Belonging], identifier: str) -> Belonging:
    """As `require_own`, for whoever asks more of the same moment."""
    if not ids.well_formed(identifier, _PREFIXES[kind]):
        raise not_found(kind.__name__.lower())
    found = row_now(connection, kind, identifier)
    caller.may(permission, found.customer_id if found else None)
    if found is None:
        raise not_yours()
    return found


def _agent(services: Services, token: str) -> Caller:
    row = _found(services, _AGENT, {"fingerprint": tokens.fingerprint(token)})
    if row is None:
        raise token_invalid()
    customer, credential_id = record_of(Customer, row), row[-1]
    return Caller(f"agent:{credential_id}", "agent", customer.id, credential_id=credential_id, customer=customer)


def _user(services: Services, token: str) -> Caller:
    now = services.clock.now()
    try:
        claims = tokens.read(services.settings, token, now)
    except tokens.TokenInvalid:
        raise token_invalid() from None
    row = _found(services, _LOGIN, {"session": claims.session_id})
    if row is None or row.user_id != claims.user_id or not alive(services, row.ended_at, row.last_used_at, now):
        raise token_invalid()
    if now - row.last_used_at >= timedelta(seconds=TOUCH_SECONDS):
        _touch(services, claims.session_id, now)
    customer = None if row.id is None else record_of(Customer, row)
    return Caller(
        row.user_id,
        cast("RoleName", row.role),
        None if customer is None else customer.id,
        session_id=claims.session_id,
        expires_at=claims.expires_at,
        customer=customer,
    )


def _found(services: Services, wanted: Select[Any], given: dict[str, str]) -> Row[Any] | None:
    with services.database.asking() as connection:
        return connection.execute(wanted, given).one_or_none()


def alive(services: Services, ended_at: datetime | None, last_used_at: datetime, now: datetime) -> bool:
    """Whether a login has neither ended nor been idle for too long."""
    return ended_at is None and now - last_used_at < timedelta(seconds=services.settings.idle_session_seconds)


def _touch(services: Services, session_id: str, now: datetime) -> None:
    with services.database.session() as session:
        session.connection().execute(_TOUCH, {"session": session_id, "now": now})
