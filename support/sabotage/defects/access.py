"""Defects of access by token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from support.sabotage.breaking import Broken, instead_of
from support.sabotage.registry import defect, patch

CALLERS = "support.platform.identity.callers"
TOKENS = "support.platform.identity.tokens"


@defect("REQ-SEC-001", "a token that nobody has issued is taken for a guest's")
def any_token_will_do() -> None:
    @instead_of(f"{CALLERS}:identify")
    def hospitable(identify: Broken, services: Any, token: str) -> Any:
        from support.platform.identity.callers import Caller
        from support.platform.problems import Refusal

        try:
            return identify(services, token)
        except Refusal:
            return Caller("guest", "support", None)


@defect("REQ-SEC-010", "a token for renewal opens what an access token opens")
def renewal_opens_doors() -> None:
    @instead_of(f"{CALLERS}:identify")
    def confused(identify: Broken, services: Any, token: str) -> Any:
        from support.platform.identity.callers import Caller
        from support.platform.tables import AuthSession, User

        with services.database.reading() as session:
            found = session.get(AuthSession, token.partition(".")[0])
            if found is not None:
                user = session.get_one(User, found.user_id)
                return Caller(user.id, user.role, user.customer_id, session_id=found.id)
        return identify(services, token)


@defect("REQ-SEC-010", "a token ends a minute before it says")
def token_ends_early() -> None:
    patch(f"{TOKENS}:read", lambda read: lambda settings, token, now: read(settings, token, now + timedelta(minutes=1)))


@defect("REQ-SEC-010", "a token that is sound is refused unless this process remembers to have issued it")
def only_remembered_tokens() -> None:
    issued: set[str] = set()

    def remembering(issue: Broken) -> Broken:
        def noting(*arguments: Any) -> str:
            token: str = issue(*arguments)
            issued.add(token)
            return token

        return noting

    def broken(read: Broken) -> Broken:
        def distrustful(settings: Any, token: str, now: Any) -> Any:
            from support.platform.identity.tokens import TokenInvalid

            if token not in issued:
                raise TokenInvalid
            return read(settings, token, now)

        return distrustful

    patch(f"{TOKENS}:issue", remembering)
    patch(f"{TOKENS}:read", broken)
