"""Tokens that must open nothing: each made from a valid one, and wrong in one way."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt

from support.drivers.api.transport import Caller
from support.drivers.time import Clockwork

INVENTED = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c3JfMTIzNDU2Nzg5MGFiIn0.c2lnbmF0dXJlLXRoYXQtaXMtbm9uZS1hdC1hbGw"
OTHER_KEY = "an-entirely-different-key-of-some-length"
LIFETIME_SECONDS = 3600


@dataclass(frozen=True)
class Forge:
    """Makes tokens. `key` is the key with which the target signs, where the target lets the suite know it."""

    clock: Clockwork
    key: str | None

    async def caller(self, owner: Caller, kind: str) -> Caller:
        """Somebody who shows nothing but a token of that kind, made from the valid token of `owner`."""
        token = self._token(owner, kind, await self.clock.now())
        return Caller(f"somebody whose token is {kind}", token)

    def _token(self, owner: Caller, kind: str, now: datetime) -> str | None:
        valid = str(owner.token)
        match kind:
            case "absent":
                return None
            case "invented":
                return INVENTED
            case "altered":
                return _altered(valid)
            case "unsigned":
                return jwt.encode(_claims(valid), "", "none")
            case "signed with another key":
                return jwt.encode(_claims(valid), OTHER_KEY, "HS256")
            case "meant for renewal only":
                return owner.refresh_token
        return self._signed(_claims(valid), kind, now)

    def _signed(self, claims: dict[str, Any], kind: str, now: datetime) -> str:
        """A token that the target itself has signed, as far as anybody can see."""
        assert self.key is not None, "the target does not let the suite sign; tag the scenario with @needs_signing"
        second = int(now.timestamp())
        changed: dict[str, dict[str, Any]] = {
            "valid": {"jti": secrets.token_urlsafe(8)},
            "expired": {"iat": second - LIFETIME_SECONDS, "exp": second},
            "meant for another audience": {"aud": "somebody-elses-service"},
            "issued by somebody else": {"iss": "https://somebody.example"},
        }
        return jwt.encode(claims | changed[kind], self.key, "HS256")


def _claims(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def _altered(token: str) -> str:
    """Another role under the signature of the real one."""
    header, _, signature = token.split(".")
    promoted = jwt.encode(_claims(token) | {"role": "admin"}, OTHER_KEY, "HS256").split(".")[1]
    return f"{header}.{promoted}.{signature}"


def with_token_only(owner: Caller) -> Caller:
    """The same person with the token at hand, who does not log in again."""
    return Caller(owner.name, owner.token, owner.refresh_token)
