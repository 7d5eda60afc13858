"""Credentials of a role: assumed when they are first needed, or given, and renewed by the platform's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from support.platform.cloud_credentials import Assumed, RoleCredentials

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Role:
    """Counts how often it is assumed; time stands until the test moves it."""

    def __init__(self) -> None:
        self.times = 0
        self.now = BEGIN
        self.credentials = RoleCredentials(self._assumed, lambda: self.now)

    def _assumed(self) -> Assumed:
        self.times += 1
        return f"key {self.times}", "secret", "token", self.now + HOUR


def test_the_role_is_assumed_once_until_its_time_is_over() -> None:
    role = Role()
    assert [role.credentials.get_frozen_credentials().access_key for _ in range(2)] == ["key 1", "key 1"]
    role.now += HOUR
    assert role.credentials.get_frozen_credentials().access_key == "key 2"


def test_what_was_just_given_is_used_for_its_time() -> None:
    role = Role()
    role.credentials.take(("given", "secret", "token", BEGIN + HOUR))
    assert (role.credentials.get_frozen_credentials().access_key, role.times) == ("given", 0)
    role.now += HOUR
    assert role.credentials.get_frozen_credentials().access_key == "key 1"
