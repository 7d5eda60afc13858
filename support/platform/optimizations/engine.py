"""Carries changes out: between the durable workflows, which know steps, and the kinds of changes, which know clouds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from support.platform import correlation
from support.platform.clock import ClockStopped, Nudge
from support.platform.cloud import error_code
from support.platform.database import after_commit
from support.platform.optimizations import ending
from support.platform.optimizations.change import Change, Work
from support.platform.optimizations.documents import Failure
from support.platform.optimizations.failures import NothingChanged, StepFailed, StopRequested
from support.platform.optimizations.journal import Begun, Journal
from support.platform.services import Services
from support.platform.turns import Turns

if TYPE_CHECKING:
    from support.platform.optimizations.durable import Durable

_log = logging.getLogger(__name__)

HALT_SECONDS = 5.0
"""Of real time: who asks AWS at this moment may wait for its answer."""


class Engine:
    """The changes of this platform. Implements `durable.Script`."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.journal = Journal(services)
        self.turns = Turns(services.in_flight)
        self._lock = threading.Lock()
        self._nudges: dict[str, Nudge] = {}
        self._changes: dict[str, Change] = {}
        self._left: set[str] | None = None
        self._idle = threading.Condition()
        self._at_work = 0
        self._taken_up: set[str] = set()
        self._durable: Future[Durable] = Future()
        self._launching: Future[object] | None = None

    # life

    def open(self) -> None:
        """Starts the workflow engine in the background; everything that is unfinished is in flight from now on."""
        unfinished = self.journal.unfinished()
        begun = [record.id for record in unfinished if record.plan.after is None or record.status != "pending"]
        for optimization_id in begun:
            self.services.clock.begin(_launching(optimization_id))
        self._launching = self.services.jobs.run("start of the workflow engine", lambda: self._launch(set(begun)))

    def _launch(self, begun: set[str]) -> None:
        from support.platform.optimizations.durable import Durable

        durable = Durable(self.services.settings.database_url, self)
        left = durable.launch()
        self._await(begun, left)
        self._durable.set_result(durable)
        for record in self.journal.unfinished():
            if record.status == "rolling_back" and record.rolled_back_from == "completed":
                durable.take_back(record.id)
            elif record.plan.after is None or record.status != "pending":
                durable.carry_out(record.id)

    def close(self) -> None:
        """Stops time, and with it what is under way, then the workflow engine. The next process takes up what was under way."""
        if self._launching is not None:
            wait([self._launching])  # one that starts after its platform has closed would serve the next platform of this process
        self.services.clock.close()
        with self._idle:
            self._idle.wait_for(lambda: not self._at_work, HALT_SECONDS)
        if self._durable.done():
            self._durable.result().close()

    def start_after_commit(self, session: Session, optimization_id: str) -> None:
        """Starts the change once the caller's transaction is durable. It is in flight from that moment."""

        def start() -> None:
            self.services.clock.begin(_launching(optimization_id))
            self._when_launched(lambda durable: durable.carry_out(optimization_id))

        after_commit(session, start)

    def take_back_after_commit(self, session: Session, optimization_id: str) -> None:
        """Starts to take a completed change back once the caller's transaction is durable."""

        def start() -> None:
            self.services.clock.begin(_launching(optimization_id))
            self._when_launched(lambda durable: durable.take_back(optimization_id))

        after_commit(session, start)

    def nudge_after_commit(self, session: Session, optimization_id: str) -> None:
        """Makes the change that is under way look at its record, once the caller's transaction is durable."""
        after_commit(session, lambda: self.services.clock.nudge(self._nudge(optimization_id)))

    def _when_launched(self, act: object) -> None:
        assert callable(act)
        if self._durable.done():
            act(self._durable.result())
        else:
            self._durable.add_done_callback(lambda launched: act(launched.result()))

    def _nudge(self, optimization_id: str) -> Nudge:
        with self._lock:
            return self._nudges.setdefault(optimization_id, Nudge())

    def change(self, optimization_id: str) -> Change:
        """The change of that record, as long as this process works on it."""
        from support.platform.optimizations.catalogue import CHANGES

        with self._lock:
            known = self._changes.get(optimization_id)
        if known is None:
            work = Work(self.services, self.journal, self.turns, optimization_id, self._nudge(optimization_id))
            known = CHANGES[self.journal.read(optimization_id).type](work)
            with self._lock:
                known = self._changes.setdefault(optimization_id, known)
        return known

    # the script

    def carry_out(self, optimization_id: str) -> None:
        with self._under_way(optimization_id):
            step = self.journal.begin(optimization_id)
            while step is not None:
                step = self.take(optimization_id, step)
            if self.journal.read(optimization_id).status == "running" and self.complete(optimization_id):
                return
            record = self.journal.read(optimization_id)
            if record.status == "rolling_back" and record.rolled_back_from != "completed":
                self.go_back(optimization_id)

    def take_back(self, optimization_id: str) -> None:
        with self._under_way(optimization_id):
            if self.journal.read(optimization_id).status == "rolling_back":
                self.go_back(optimization_id)

    @contextmanager
    def _under_way(self, optimization_id: str) -> Iterator[None]:
        """In flight, except while it sleeps; with the correlation id of whoever approved it."""
        record = self.journal.read(optimization_id)
        label = f"optimization {optimization_id}"
        with self.services.clock.working(label, detached=True), correlation.use(record.plan.correlation_id or optimization_id):
            self._take_up(optimization_id)
            self.services.clock.end(_launching(optimization_id))
            with self._working():
                yield
            with self._lock:
                self._changes.pop(optimization_id, None)
                self._nudges.pop(optimization_id, None)

    @contextmanager
    def _working(self) -> Iterator[None]:
        with self._idle:
            self._at_work += 1
        try:
            yield
        finally:
            with self._idle:
                self._at_work -= 1
                self._idle.notify_all()

    def _await(self, begun: set[str], left: set[str]) -> None:
        """What a former process has left is in flight until it is taken up; of what has ended, its workflow may not know that."""
        with self._lock:
            for optimization_id in left - begun - self._taken_up:
                self.services.clock.begin(_launching(optimization_id))
            self._left = (begun | left) - self._taken_up
            nothing = not self._left
        if nothing:
            self._rest()

    def _take_up(self, optimization_id: str) -> None:
        with self._lock:
            if self._left is None:
                self._taken_up.add(optimization_id)  # while the engine is being launched
                return
            last = self._left == {optimization_id}
            self._left.discard(optimization_id)
        if last:
            self._rest()

    def _rest(self) -> None:
        self._when_launched(lambda durable: durable.rest())

    def take(self, optimization_id: str, begun: Begun) -> Begun | None:
        """Takes the step, and answers the next one that is to be taken; if none is, the record says why."""
        from support.platform.optimizations.durable import Halted

        step = begun.name
        try:
            outcome = self.change(optimization_id).take(step, resumed=begun.resumed)
        except ClockStopped as error:
            raise Halted from error
        except StopRequested:
            self.journal.step_stopped(optimization_id, step, "stopped on request")
            return None
        except NothingChanged as error:
            self.journal.step_failed(optimization_id, Failure(step=step, cause=str(error), trigger=error.trigger, ends="failed"))
            self.journal.close(optimization_id, ending.failed(self))
            return None
        except StepFailed as error:
            self.journal.step_failed(optimization_id, Failure(step=step, cause=str(error), trigger=error.trigger))
            return None
        except Exception as error:  # noqa: BLE001  whatever stops a step must take the change back and not leave it half done
            _log.exception("step %s of %s failed", step, optimization_id)
            self.journal.step_failed(optimization_id, Failure(step=step, cause=_told(error), trigger="step_failed"))
            return None
        return self.journal.step_completed(optimization_id, step, outcome)

    def complete(self, optimization_id: str) -> bool:
        """Ends a change whose steps have all been taken; False if it is to go back instead."""
        booked = self.change(optimization_id).saving()
        return self.journal.close(optimization_id, ending.completed(self, booked.saving, booked.basis))

    def go_back(self, optimization_id: str) -> None:
        """Undoes what was begun, last first, as far as that is possible, and ends the change."""
        self._end_back(optimization_id, undone=all(self.undo(optimization_id, step) for step in self.journal.to_undo(optimization_id)))

    def undo(self, optimization_id: str, step: str) -> bool:
        """Undoes the step; False if that is impossible, and then nothing further is to be undone."""
        from support.platform.optimizations.durable import Halted

        try:
            outcome = self.change(optimization_id).undo(step)
        except ClockStopped as error:
            raise Halted from error
        except Exception as error:  # noqa: BLE001  a rollback that cannot complete must be told, whatever stopped it
            _log.exception("step %s of %s cannot be undone", step, optimization_id)
            self.journal.undo_failed(optimization_id, step, _told(error))
            return False
        self.journal.step_undone(optimization_id, step, outcome)
        return True

    def _end_back(self, optimization_id: str, *, undone: bool) -> None:
        from support.platform.optimizations.durable import Halted

        differences, known_as = ["not every step could be undone"], None
        if undone:
            try:
                change = self.change(optimization_id)
                differences = change.unrestored()
                known_as = change.known_as() if not differences else None
            except ClockStopped as error:
                raise Halted from error
            except Exception as error:  # noqa: BLE001  what cannot be verified is not claimed
                _log.exception("the rollback of %s cannot be verified", optimization_id)
                differences = [f"the fleet cannot be compared with what it was: {_told(error)}"]
        self.journal.close(optimization_id, ending.taken_back(self, differences, known_as))


def _launching(optimization_id: str) -> str:
    return f"launch of optimization {optimization_id}"


def _told(error: Exception) -> str:
    """An error in a line, for people."""
    from botocore.exceptions import ClientError

    if isinstance(error, ClientError):
        return f"AWS declined {error.operation_name}: {error_code(error)}: {error.response.get('Error', {}).get('Message', '')}"[:500]
    return f"{type(error).__name__}: {error}".splitlines()[0][:500]
