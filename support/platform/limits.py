"""Each customer's own limit of requests in a minute of the platform's clock."""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=1)


@dataclass
class RequestCounter:
    """Counts in a sliding minute. What is refused does not count, so waiting as told always helps."""

    limit: int
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _times: dict[str, deque[datetime]] = field(default_factory=dict)

    def wait_for(self, key: str, now: datetime) -> int:
        """0 if one more request is within the limit, and counts it; otherwise the whole seconds after which one will be."""
        with self._lock:
            times = self._times.setdefault(key, deque())
            while times and now - times[0] >= WINDOW:
                times.popleft()
            if len(times) < self.limit:
                times.append(now)
                return 0
            return max(1, math.ceil((times[0] + WINDOW - now).total_seconds()))
