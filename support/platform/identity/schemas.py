"""What is sent to and answered by the operations on sessions and people."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from support.platform.values import Answer, Ask, Moment
from support.platform.vocabulary import Plan, RoleName

_EMAIL = re.compile(r"[^@\s\"'<>();,\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError("must be an e-mail address")
    return value.lower()


def printable(value: str) -> str:
    """Refuses control characters, which no name has and some databases cannot store."""
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in value):
        raise ValueError("must not hold control characters")
    return value


Email = Annotated[str, StringConstraints(max_length=320), AfterValidator(_email)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(printable)]
Password = Annotated[SecretStr, Field(max_length=1024)]
"""Never shown: neither in an answer nor in a log."""


class SignUp(Ask):
    """A company's sign-up; the first user is its owner."""

    email: Email
    company_name: Name
    password: Password
    plan: Plan


class SignedUp(Answer):
    """The new customer."""

    success: Literal[True] = True
    customer_id: str


class LogIn(Ask):
    """`username` is the e-mail address of the sign-up."""

    username: Annotated[str, StringConstraints(max_length=320)]
    password: Password


class RefreshRequest(Ask):
    """The refresh token of the last login or refresh."""

    refresh_token: SecretStr


class TokenPair(Answer):
    """`expires_in` in seconds. The refresh token works once."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  the word of RFC 6750
    expires_in: int


class NewStaff(Ask):
    """Somebody of OptiInfra's staff, or of a customer where one is named."""

    email: Email
    password: Password
    role: RoleName
    customer_id: str | None = None


class NewColleague(Ask):
    """Somebody of the customer's own people."""

    email: Email
    password: Password
    role: Literal["owner", "approver", "engineer", "viewer"]


class UserAnswer(Answer):
    """Somebody who can log in."""

    id: str
    customer_id: str | None
    email: str
    role: RoleName
    created_at: Moment


class Users(Answer):
    """The people of a customer."""

    users: list[UserAnswer]
