"""What the platform is doing at this moment: the answer to "are you quiet?"."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Hold:
    """One piece of work in flight. Compared by identity: two pieces may carry the same label."""

    __slots__ = ("label", "released")

    def __init__(self, label: str) -> None:
        self.label = label
        self.released = False


_held: ContextVar[tuple[Hold, ...]] = ContextVar("held", default=())


class InFlight:
    """The set of work in flight, shared by requests, jobs and timers.

    `lock` is reentrant and shared with the clock, so that a timer that fires is in flight before the moment it was waiting for is over.
    `when_quiet` is called under the lock each time the last work ends.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.when_quiet: Callable[[], None] = lambda: None
        self._holds: dict[Hold, None] = {}
        self._begun: dict[str, Hold] = {}

    def hold(self, label: str) -> Hold:
        """Marks work as in flight until `release`."""
        with self.lock:
            taken = Hold(label)
            self._holds[taken] = None
            return taken

    def release(self, held: Hold) -> None:
        """Ends that work; releasing twice changes nothing."""
        with self.lock:
            held.released = True
            if self._holds.pop(held, held) is None and not self._holds:
                self.when_quiet()

    def begin(self, label: str) -> None:
        """Marks work known only by its label as in flight, once, however often it is said; any thread may `end` it."""
        with self.lock:
            if label not in self._begun:
                self._begun[label] = self.hold(label)

    def end(self, label: str) -> None:
        """Ends what `begin` marked; a label that is not begun changes nothing."""
        with self.lock:
            held = self._begun.pop(label, None)
            if held is not None:
                self.release(held)

    @contextmanager
    def working(self, label: str, *, detached: bool = False) -> Iterator[None]:
        """Everything inside is in flight, except while it sleeps on the clock.

        `detached` says that what runs inside answers for itself alone: it does not set its caller's work aside when it sleeps. For threads
        that copy their starter's context, such as a workflow engine's.
        """
        held = self.hold(label)
        try:
            with self.on_behalf_of(held, detached=detached):
                yield
        finally:
            self.release(held)

    @contextmanager
    def on_behalf_of(self, held: Hold, *, detached: bool) -> Iterator[None]:
        """What runs inside answers for a hold that somebody else took and will release."""
        token = _held.set((held,) if detached else (*_held.get(), held))
        try:
            yield
        finally:
            _held.reset(token)

    def set_aside(self) -> tuple[Hold, ...]:
        """Takes the work of the present context out of flight, because it is about to sleep. Answers what `take_up` needs."""
        with self.lock:
            mine = tuple(held for held in _held.get() if held in self._holds)
            for held in mine:
                del self._holds[held]
            if mine and not self._holds:
                self.when_quiet()
            return mine

    def take_up(self, holds: tuple[Hold, ...]) -> None:
        """Puts work that was set aside back in flight, unless it was released meanwhile."""
        with self.lock:
            for held in holds:
                if not held.released:
                    self._holds[held] = None

    def quiet(self) -> bool:
        """Whether nothing is in flight."""
        with self.lock:
            return not self._holds

    def labels(self) -> list[str]:
        """What is in flight, in the order in which it began."""
        with self.lock:
            return [held.label for held in self._holds]
