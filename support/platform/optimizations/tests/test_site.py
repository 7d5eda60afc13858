"""What instances were started with is asked once for each launch, and not again of those that cannot have changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from support.platform.optimizations.documents import Machine
from support.platform.optimizations.site import Site

BEGUN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def machine(name: str, minute: int = 0) -> Machine:
    return Machine(
        instance_id=name,
        launched_at=BEGUN + timedelta(minutes=minute),
        instance_type="g5.xlarge",
        availability_zone="us-east-1a",
        lifecycle="on_demand",
        private_ip="10.0.0.1",
        image_id="ami-1",
        subnet_id=None,
        security_groups=(),
        key_name=None,
        profile_arn=None,
        tags={},
    )


class Told(Site):
    """A deployment of these launches, which notes whose user data is asked for."""

    def __init__(self, *launches: list[Machine]) -> None:
        super().__init__(cast("Any", None), cast("Any", None), "chat")
        self.launches = launches
        self.asked: list[str] = []

    def _launches(self, _filters: Sequence[Mapping[str, Any]]) -> list[list[Machine]]:
        return list(self.launches)

    def _user_data(self, instance_id: str) -> str | None:
        self.asked.append(instance_id)
        return f"of {instance_id}"


def test_user_data_is_asked_once_for_each_launch() -> None:
    site = Told([machine("i-2", 1)], [machine("i-1"), machine("i-0")])
    found = site.whole_machines([])
    assert site.asked == ["i-2", "i-1"]
    assert [(each.instance_id, each.user_data) for each in found] == [("i-0", "of i-1"), ("i-1", "of i-1"), ("i-2", "of i-2")]


def test_what_is_known_of_an_instance_is_not_asked_again() -> None:
    known = Told([machine("i-0"), machine("i-1")]).whole_machines([])
    site = Told([machine("i-0"), machine("i-1")], [machine("i-9", 7)])
    assert site.whole_machines([], known)[:2] == known
    assert site.asked == ["i-9"]


def test_an_instance_that_was_stopped_and_started_may_have_other_user_data() -> None:
    known = Told([machine("i-0"), machine("i-1")]).whole_machines([])
    site = Told([machine("i-0"), machine("i-1", 5)])
    site.whole_machines([], known)
    assert site.asked == ["i-0"]
