"""Tokens: access tokens are signed, refresh and agent tokens are chance, kept as hashes; agent tokens are also sealed to be shown again."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from support.platform.settings import Settings
from support.platform.vocabulary import RoleName

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

ALGORITHM = "HS256"
AGENT_PREFIX = "oia_"


class TokenInvalid(Exception):
    """The token was not made by us, for us, or its time is over."""


@dataclass(frozen=True)
class Claims:
    """What an access token says."""

    user_id: str
    role: RoleName
    customer_id: str | None
    session_id: str
    expires_at: datetime


def issue(settings: Settings, claims: Claims, now: datetime) -> str:
    """A signed access token."""
    import jwt

    content = {
        "sub": claims.user_id,
        "role": claims.role,
        "cus": claims.customer_id,
        "sid": claims.session_id,
        "iss": settings.token_issuer,
        "aud": settings.token_audience,
        "iat": int(now.timestamp()),
        "exp": int(claims.expires_at.timestamp()),
        "jti": secrets.token_urlsafe(12),
    }
    return jwt.encode(content, settings.token_key.get_secret_value(), ALGORITHM)


def read(settings: Settings, token: str, now: datetime) -> Claims:
    """What the token says, after its signature, algorithm, issuer, audience and time were checked. Raises `TokenInvalid`.

    Time is the platform's clock, not the machine's.
    """
    claims = _signed(token, settings.token_key.get_secret_value(), settings.token_issuer, settings.token_audience)
    if now >= claims.expires_at:
        raise TokenInvalid
    return claims


@lru_cache(maxsize=1024)
def _signed(token: str, key: str, issuer: str, audience: str) -> Claims:
    """What the token says, whatever the time: of a sound token that is checked once, because neither it nor what it was checked with changes."""
    import jwt

    try:
        content = jwt.decode(
            token,
            key,
            [ALGORITHM],
            issuer=issuer,
            audience=audience,
            options={"require": ["sub", "sid", "role", "iss", "aud", "exp", "iat"], "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        expires_at = datetime.fromtimestamp(content["exp"], UTC)
    except (jwt.InvalidTokenError, TypeError, ValueError, OverflowError) as error:
        raise TokenInvalid from error
    return Claims(str(content["sub"]), cast("RoleName", content["role"]), content.get("cus"), str(content["sid"]), expires_at)


def expiry(settings: Settings, now: datetime) -> datetime:
    """When an access token that is issued now ends, in whole seconds as the token says it."""
    return now.replace(microsecond=0) + timedelta(seconds=settings.access_token_seconds)


def random_token(prefix: str = "") -> str:
    """A token of 256 bits of chance."""
    return prefix + secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """How a random token is kept: SHA-256 suffices for 256 bits of chance."""
    return hashlib.sha256(token.encode()).hexdigest()


def seal(settings: Settings, token: str) -> str:
    """Encrypted for keeping."""
    return _box(settings).encrypt(token.encode()).decode()


def unseal(settings: Settings, sealed: str) -> str:
    """What was sealed with the same key."""
    return _box(settings).decrypt(sealed.encode()).decode()


def _box(settings: Settings) -> Fernet:
    from cryptography.fernet import Fernet

    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"seal:" + settings.token_key.get_secret_value().encode()).digest()))
