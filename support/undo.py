"""What a scenario has created outside its own account, and how each thing is taken away again: the last made goes first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from traceback import format_exception

from _pytest.outcomes import Failed

Action = Callable[[], Awaitable[object]]


class NotUndone(Failed):
    """What could not be taken away again: in the words of each expectation that was not met, with Python for everything else."""

    def __init__(self, failures: Sequence[Exception]) -> None:
        told = [str(failure) if isinstance(failure, AssertionError) else "".join(format_exception(failure)).rstrip() for failure in failures]
        super().__init__("\n".join(["what the scenario created could not be taken away again:", *told]), pytrace=False)


@dataclass
class Undo:
    """A stack of actions. Each is pushed at the moment at which the thing is created, so that a failure in between leaves nothing."""

    _actions: list[Action] = field(default_factory=list)

    def push(self, action: Action) -> None:
        """Remembers how to take away what has just been created."""
        self._actions.append(action)

    async def run(self) -> None:
        """Carries out every action, also after one has failed; raises NotUndone with all the failures."""
        failures: list[Exception] = []
        while self._actions:
            action = self._actions.pop()
            try:
                await action()
            except Exception as failure:  # noqa: BLE001  (whatever it was, the rest must still be undone; raised below)
                failures.append(failure)
        if failures:
            raise NotUndone(failures)
