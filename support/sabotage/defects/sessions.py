"""Defects of sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from support.sabotage.breaking import Broken, instead_of
from support.sabotage.registry import defect, patch

IDENTITY = "support.platform.identity.service"


@defect("REQ-SEC-007", "a locked account opens to the right password")
def locks_do_not_hold() -> None:
    patch(f"{IDENTITY}:_locked", lambda _: lambda _user, _now: False)


@defect("REQ-SEC-007", "a lock ends a minute early")
def locks_end_early() -> None:
    patch(f"{IDENTITY}:_locked", lambda locked: lambda user, now: locked(user, now + timedelta(minutes=1)))


@defect("REQ-SEC-007", "a lock lasts a minute too long")
def locks_end_late() -> None:
    patch(f"{IDENTITY}:_locked", lambda locked: lambda user, now: locked(user, now - timedelta(minutes=1)))


@defect("REQ-SEC-007", "each failed login counts twice")
def failures_count_twice() -> None:
    @instead_of(f"{IDENTITY}:_failed")
    def twice(failed: Broken, *arguments: Any) -> None:
        failed(*arguments)
        failed(*arguments)


@defect("REQ-SEC-011", "a refresh token works again and again")
def renewal_for_ever() -> None:
    @instead_of(f"{IDENTITY}:_renew")
    def forgetful(renew: Broken, services: Any, session: Any, found: Any, now: Any) -> Any:
        kept = found.refresh_hash
        pair = renew(services, session, found, now)
        found.refresh_hash = kept
        return pair


@defect("REQ-SEC-011", "a stolen refresh token is refused, and its session goes on")
def theft_without_consequence() -> None:
    @instead_of(f"{IDENTITY}:refresh")
    def lenient(refresh: Broken, services: Any, token: Any) -> Any:
        from support.platform.problems import Refusal
        from support.platform.tables import AuthSession

        try:
            return refresh(services, token)
        except Refusal:
            with services.database.session() as session:
                found = session.get(AuthSession, token.get_secret_value().partition(".")[0])
                if found is not None:
                    found.ended_at = None
            raise


@defect("REQ-SEC-012", "logging out is only said")
def logout_is_a_word() -> None:
    patch(f"{IDENTITY}:log_out", lambda _: lambda _services, _caller: None)


@defect("REQ-SEC-013", "a session may be idle for ever")
def idle_for_ever() -> None:
    patch("support.platform.identity.callers:alive", lambda _: lambda _services, ended_at, *_times: ended_at is None)


@defect("REQ-SEC-013", "an idle session ends a minute early")
def idle_ends_early() -> None:
    def broken(alive: Broken) -> Broken:
        return lambda services, ended_at, last_used_at, now: alive(services, ended_at, last_used_at, now + timedelta(minutes=1))

    patch("support.platform.identity.callers:alive", broken)


@defect("REQ-SEC-011", "a session ends with its first renewal")
def renewed_to_death() -> None:
    @instead_of(f"{IDENTITY}:_renew")
    def deadly(renew: Broken, services: Any, session: Any, found: Any, now: Any) -> Any:
        pair = renew(services, session, found, now)
        found.ended_at = now
        return pair
