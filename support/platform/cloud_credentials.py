"""Credentials of an assumed role that renew themselves by the platform's clock (botocore's own renew by the machine's)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from botocore.credentials import Credentials, ReadOnlyCredentials

Assumed = tuple[str, str, str, datetime]
"""Access key, secret key, token, and until when they are used."""


class RoleCredentials(Credentials):
    """Assumes the role at the first use and again when its time is nearly over; one thread does it, the others wait."""

    def __init__(self, assume: Callable[[], Assumed], now: Callable[[], datetime]) -> None:
        super().__init__("unassumed", "unassumed", method="assume-role")
        self._assume = assume
        self._now = now
        self._until: datetime | None = None
        self._renewing = threading.Lock()

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """What a request is signed with."""
        with self._renewing:
            if self._until is None or self._now() >= self._until:
                self.access_key, self.secret_key, self.token, self._until = self._assume()
            return ReadOnlyCredentials(self.access_key, self.secret_key, self.token)

    def take(self, assumed: Assumed) -> None:
        """Goes on with these, which somebody has just been given."""
        with self._renewing:
            self.access_key, self.secret_key, self.token, self._until = assumed
