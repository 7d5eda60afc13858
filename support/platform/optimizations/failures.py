"""Why a step may fail."""

from __future__ import annotations

from collections.abc import Collection

from support.platform.optimizations.health import Trigger


class StepFailed(Exception):
    """The step cannot be taken: what was done so far is taken back. `trigger` is what set it off, in one word."""

    def __init__(self, cause: str, trigger: str = "step_failed") -> None:
        super().__init__(cause)
        self.trigger = trigger


class Unhealthy(StepFailed):
    """A wave was not healthy for its whole watch period."""

    def __init__(self, cause: str, trigger: Trigger) -> None:
        super().__init__(cause, trigger.value)


class Vanished(StepFailed):
    """New nodes are gone before they could serve: the cloud has taken them back without a word."""

    def __init__(self, instance_ids: Collection[str]) -> None:
        super().__init__(f"new capacity is gone: {', '.join(sorted(instance_ids))}", "capacity_unhealthy")
        self.instance_ids = frozenset(instance_ids)


class NotRegistered(StepFailed):
    """All that keeps these nodes from being healthy is that they are not in the target group."""

    def __init__(self, instance_ids: Collection[str]) -> None:
        super().__init__(f"new capacity is not healthy: {', '.join(f'{one} is absent' for one in sorted(instance_ids))}", "capacity_unhealthy")
        self.instance_ids = frozenset(instance_ids)


class NoCapacity(StepFailed):
    """No pool, or too few of them, can give what is needed."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"no_spot_capacity: {cause}", "capacity")


class NothingChanged(Exception):
    """The change ends here, and there is nothing to take back."""

    def __init__(self, cause: str, trigger: str) -> None:
        super().__init__(cause)
        self.trigger = trigger


class StopRequested(Exception):
    """Somebody has asked to take the change back or to cancel it; the record says who and why."""
