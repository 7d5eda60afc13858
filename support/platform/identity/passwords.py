"""Passwords: the rules for new ones, and the only form in which they are kept."""

from __future__ import annotations

from pydantic import SecretStr

from support.platform.problems import invalid
from support.platform.settings import Settings

SHORTEST_NAME = 4
"""A shorter name of an e-mail address occurs in too many good passwords by chance."""


def require_acceptable(settings: Settings, password: SecretStr, email: str) -> None:
    """Raises 422 naming the first rule that the password breaks; the password itself is not repeated."""
    text = password.get_secret_value()
    if len(text) < settings.password_min_length:
        raise invalid("password", f"must have at least {settings.password_min_length} characters")
    if not any(sign.isalpha() for sign in text):
        raise invalid("password", "must contain a letter")
    if not any(sign.isdigit() for sign in text):
        raise invalid("password", "must contain a digit")
    name = email.split("@", maxsplit=1)[0].lower()
    if len(name) >= SHORTEST_NAME and name in text.lower():
        raise invalid("password", "must not contain the name of the e-mail address")


class Hasher:
    """Argon2id with a salt of its own for each password."""

    def __init__(self, settings: Settings) -> None:
        from argon2 import PasswordHasher, Type

        self._hasher = PasswordHasher(time_cost=settings.argon2_time_cost, memory_cost=settings.argon2_memory_kib, parallelism=1, type=Type.ID)
        self._of_nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: SecretStr) -> str:
        """What is kept of the password."""
        return self._hasher.hash(password.get_secret_value())

    def verify(self, kept: str | None, password: SecretStr) -> bool:
        """Whether it is the right one. Takes as long for nobody (`None`) as for somebody."""
        from argon2.exceptions import VerifyMismatchError

        try:
            return self._hasher.verify(kept or self._of_nobody, password.get_secret_value()) and kept is not None
        except VerifyMismatchError:
            return False
