"""Instance usage, from launch to termination, by the world's clock: what AWS would bill for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime


@dataclass(frozen=True)
class Period:
    """A time in which an instance ran; an instance that was stopped and started again has several."""

    instance_id: str
    instance_type: str
    region: str
    availability_zone: str
    lifecycle: str
    launched: datetime
    terminated: datetime | None
    tags: dict[str, str] = field(hash=False)


class Usage:
    """The running periods of one account's instances, in the order of their beginning."""

    def __init__(self) -> None:
        self._periods: list[Period] = []
        self._open: dict[str, int] = {}

    def begin(self, period: Period) -> None:
        """An instance runs from now on; beginning what runs already changes nothing."""
        if period.instance_id not in self._open:
            self._open[period.instance_id] = len(self._periods)
            self._periods.append(period)

    def end(self, instance_id: str, when: datetime, tags: dict[str, str]) -> None:
        """An instance has stopped or been terminated; ending what does not run changes nothing."""
        position = self._open.pop(instance_id, None)
        if position is not None:
            self._periods[position] = replace(self._periods[position], terminated=when, tags=tags)

    def running(self, instance_type: str, availability_zone: str, lifecycle: str) -> int:
        """How many instances of a pool run now."""
        return sum(
            (period.instance_type, period.availability_zone, period.lifecycle) == (instance_type, availability_zone, lifecycle)
            for period in (self._periods[position] for position in self._open.values())
        )

    def since(self, instance_id: str) -> datetime | None:
        """Since when an instance runs; None if it does not."""
        position = self._open.get(instance_id)
        return None if position is None else self._periods[position].launched

    def periods(self) -> list[Period]:
        """All periods so far."""
        return list(self._periods)
