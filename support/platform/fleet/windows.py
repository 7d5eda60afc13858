"""Counters only grow: how a deployment serves now is what was added since an earlier look."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from weakref import WeakKeyDictionary

from support.platform.network import Network
from support.platform.optimizations.health import ENOUGH_SAMPLES
from support.platform.telemetry.exposition import Reading, Traffic, between

Readings = Mapping[str, Reading]


class Windows:
    """Remembers for each deployment the look before the last one that saw enough traffic. After a restart: since the servers started."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[Readings, Readings]] = {}

    def traffic(self, customer_id: str, deployment: str, now: Readings) -> Traffic:
        """What the servers did in the latest period with enough requests for a verdict."""
        key = customer_id, deployment
        with self._lock:
            base, latest = self._kept.get(key, ({}, {}))
            fresh = between(latest, now)
            if fresh.answered is not None and fresh.answered.of >= ENOUGH_SAMPLES:
                base = latest
                self._kept[key] = base, now
        return between(base, now)


_windows: WeakKeyDictionary[Network, Windows] = WeakKeyDictionary()
_lock = threading.Lock()


def windows_of(network: Network) -> Windows:
    """The one memory of this platform."""
    with _lock:
        return _windows.setdefault(network, Windows())
