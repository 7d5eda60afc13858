"""Quality baselines as they are on record, against when OptiInfra began to change the cloud."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from support.drivers.history import CloudCall
from support.expectation import expect
from support.witness.changes import changes

ENOUGH_SAMPLES = 100


def expect_measured_before(baselines: Sequence[Mapping[str, Any]], calls: Iterable[CloudCall], share: Decimal) -> None:
    """AssertionError when not exactly one baseline was measured, on enough answers, of that quality, before the first change."""
    told = [f"{Decimal(str(each['quality'])):%} of {each['samples']} at {_aware(each['taken_at']):%H:%M:%S}" for each in baselines]
    right = [Decimal(str(each["quality"])) for each in baselines] == [share] and int(baselines[0]["samples"]) >= ENOUGH_SAMPLES
    expect(right, lambda: f"one baseline of {share:%} on at least {ENOUGH_SAMPLES} answers should be on record, but there is: {told or 'none'}")
    made = changes(calls)
    expect(bool(made), lambda: "the change should have reached the cloud, but OptiInfra asked for nothing")
    older = _aware(baselines[0]["taken_at"]) < made[0].time
    expect(older, lambda: f"the baseline should be older than the first change, {made[0]}, but it is: {told}")


def _aware(moment: datetime | str) -> datetime:
    """As the records have it: SQLite keeps instants as text or without a zone, always in UTC."""
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
