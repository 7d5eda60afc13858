"""Background work: in flight from the moment of submission, and never lost without a trace."""

from __future__ import annotations

import contextvars
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from support.platform.inflight import Hold, InFlight

_log = logging.getLogger(__name__)


WORKERS = 64


class Jobs:
    """Runs functions on a pool of threads. A job carries the correlation id of whoever started it."""

    def __init__(self, in_flight: InFlight) -> None:
        self._in_flight = in_flight
        self._pool = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="job")
        self.failures: deque[tuple[str, BaseException]] = deque(maxlen=100)

    def run(self, label: str, work: Callable[[], object]) -> Future[object]:
        """Starts the work. It counts as in flight before this call returns and until its end is recorded.

        An exception is logged with its traceback and kept in `failures`; it reaches nobody else unless the future is asked.
        """
        return self.run_held(self._in_flight.hold(label), work)

    def run_held(self, held: Hold, work: Callable[[], object]) -> Future[object]:
        """As `run`, for work that is already in flight under that hold."""
        context = contextvars.copy_context()

        def body() -> object:
            with self._in_flight.on_behalf_of(held, detached=True):
                return work()

        def ended(future: Future[object]) -> None:
            error = None if future.cancelled() else future.exception()
            if error is not None:
                self.failures.append((held.label, error))
                _log.error("job failed: %s", held.label, exc_info=error)
            self._in_flight.release(held)

        future = self._pool.submit(context.run, body)
        future.add_done_callback(ended)
        return future

    def close(self) -> None:
        """Takes no more work; what has not begun is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)
