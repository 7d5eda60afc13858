"""Defects of security."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from support.sabotage.breaking import Broken, instead_of
from support.sabotage.registry import defect, patch

CALLERS = "support.platform.identity.callers"
TOKENS = "support.platform.identity.tokens"
IDENTITY = "support.platform.identity.service"
GUEST = "guest"


@defect("REQ-SEC-001", "the list of analyses is open to everybody")
def analyses_are_public() -> None:
    _let_in_without_token(lambda path: path.endswith("/analyses"))


@defect("REQ-SEC-001", "who has no token may look at everything")
def everybody_may_look() -> None:
    _let_in_without_token(lambda _path: True)


@defect("REQ-SEC-002", "people of any customer may act for every other")
def all_customers_are_one() -> None:
    patch(f"{CALLERS}:Caller.may", lambda may: lambda self, permission, customer_id: may(self, permission, customer_id and self.customer_id))


@defect("REQ-SEC-002", "the refusal tells that something exists")
def existence_told() -> None:
    @instead_of(f"{CALLERS}:Caller.may")
    def talkative(may: Broken, self: Any, permission: Any, customer_id: str | None) -> None:
        if customer_id is None:
            from support.platform.problems import not_found

            raise not_found("entity")
        may(self, permission, customer_id)


@defect("REQ-SEC-002", "the list of agents shows those of everybody")
def registry_shows_all() -> None:
    @instead_of("support.platform.orchestrator.registry:visible")
    def all_of_them(visible: Broken, session: Any, caller: Any, now: Any) -> Any:
        from dataclasses import replace

        return visible(session, replace(caller, role="support", customer_id=None), now)


@defect("REQ-SEC-004", "a name is written into the command by which somebody is looked up")
def login_by_concatenation() -> None:
    @instead_of(f"{IDENTITY}:log_in")
    def careless(log_in: Broken, services: Any, asked: Any) -> Any:
        from sqlalchemy import text
        from sqlalchemy.exc import DBAPIError

        from support.platform.identity.service import _begin
        from support.platform.tables import User

        with services.database.session() as session:
            try:
                found = session.execute(text(f"SELECT id FROM users WHERE email = '{asked.username}'")).first()  # noqa: S608 - the defect
            except DBAPIError:
                found = None
            if found is not None and "'" in asked.username:
                return _begin(services, session, session.get_one(User, found[0]), services.clock.now())
        return log_in(services, asked)


@defect("REQ-SEC-004", "quotation marks in a company's name are thrown away")
def names_are_cleaned() -> None:
    @instead_of("support.platform.customers.records:new_customer")
    def cleaning(made: Broken, services: Any, session: Any, company_name: str, plan: Any) -> Any:
        return made(services, session, company_name.replace("'", ""), plan)


@defect("REQ-SEC-008", "passwords are kept as a quick hash without salt")
def quick_hash() -> None:
    import hashlib

    def hashed(_self: Any, password: Any) -> str:
        return hashlib.sha256(password.get_secret_value().encode()).hexdigest()

    def verified(self: Any, kept: str | None, password: Any) -> bool:
        return kept == hashed(self, password)

    patch("support.platform.identity.passwords:Hasher.hash", lambda _: hashed)
    patch("support.platform.identity.passwords:Hasher.verify", lambda _: verified)


@defect("REQ-SEC-008", "a failed login is logged with the password that was tried")
def password_logged() -> None:
    @instead_of(f"{IDENTITY}:log_in")
    def talkative(log_in: Broken, services: Any, asked: Any) -> Any:
        import sys

        print(f"login of {asked.username} with {asked.password.get_secret_value()}", file=sys.stderr, flush=True)  # noqa: T201 - the defect
        return log_in(services, asked)


@defect("REQ-SEC-008", "a refusal repeats what was sent")
def refusal_repeats() -> None:
    def rules(_handler: Broken) -> Broken:
        async def repeating(_request: Any, error: Any) -> Any:
            from support.platform.problems import FieldError, Refusal, _field, answer

            found = [FieldError(field=_field(item["loc"]), rule=f"{item['msg']} (was {item['input']})") for item in error.errors()]
            return answer(Refusal(422, "invalid_input", "; ".join(f"{one.field}: {one.rule}" for one in found), errors=found))

        return repeating

    patch("support.platform.problems:_broken_contract", rules)


@defect("REQ-SEC-010", "the end of a token is not looked at")
def tokens_live_for_ever() -> None:
    @instead_of(f"{TOKENS}:read")
    def lenient(read: Broken, settings: Any, token: str, now: Any) -> Any:
        from datetime import timedelta

        return read(settings, token, now - timedelta(days=3650))


@defect("REQ-SEC-010", "the signature of a token is not looked at")
def signature_ignored() -> None:
    _decode(lambda options: options | {"verify_signature": False})


@defect("REQ-SEC-010", "a token for anybody is taken for one of ours")
def audience_ignored() -> None:
    _decode(lambda options: options | {"verify_aud": False})


@defect("REQ-SEC-010", "a token is good for a minute longer than it says")
def token_outlives_itself() -> None:
    @instead_of(f"{TOKENS}:read")
    def lenient(read: Broken, settings: Any, token: str, now: Any) -> Any:
        from datetime import timedelta

        return read(settings, token, now - timedelta(minutes=1))


def _decode(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Tokens are read with other options than the platform asks for."""

    @instead_of("jwt:decode")
    def lenient(decode: Broken, token: str, key: Any, algorithms: Any, **more: Any) -> Any:
        options = change(dict(more.pop("options", {})))
        return decode(token, key, algorithms, options=options, **more)


def _let_in_without_token(where: Callable[[str], bool]) -> None:
    """Requests without a token are let in where that is true of their path."""

    def bearer(original: Any) -> Any:
        from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

        class Lenient(HTTPBearer):
            async def __call__(self, request: Any) -> HTTPAuthorizationCredentials | None:
                found = await super().__call__(request)
                guest = HTTPAuthorizationCredentials(scheme="Bearer", credentials=GUEST)
                return guest if found is None and where(request.url.path) else found

        Lenient.__call__.__annotations__ = HTTPBearer.__call__.__annotations__  # by which FastAPI knows what to give it
        return Lenient(auto_error=False, scheme_name=original.scheme_name, description=original.model.description)

    def identity(identify: Broken) -> Broken:
        def lenient(services: Any, token: str) -> Any:
            from support.platform.identity.callers import Caller

            return Caller(GUEST, "support", None) if token == GUEST else identify(services, token)

        return lenient

    patch(f"{CALLERS}:_bearer", bearer)
    patch(f"{CALLERS}:identify", identity)
