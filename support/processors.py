"""Processors shared out among the workers of one host: each worker keeps to its own, with the servers that it starts.

A worker, its world and its platform wait for each other all the time, so one processor is enough for the three; and what one of them sends
is in the caches where the next reads it, and wakes nobody elsewhere.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import pytest

OURS = "acceptance_processors"
PLACED = pytest.StashKey[int]()


def place(node: Any, config: pytest.Config) -> None:  # noqa: ANN401  (a worker as pytest-xdist's controller has it)
    """Tells a worker of this host its share; those of other hosts, and all of them off Linux, are left to the system."""
    if sys.platform != "linux" or not node.gateway.spec.popen:
        return
    number = config.stash.setdefault(PLACED, 0)
    config.stash[PLACED] = number + 1
    count = sum(bool(spec.popen) for spec in node.nodemanager.specs)
    node.workerinput[OURS] = share_of(number % count, count, sorted(os.sched_getaffinity(0)))


def share_of(number: int, count: int, processors: Sequence[int]) -> Sequence[int]:
    """The processors of one of `count` workers, `number` from 0; all of them where they cannot be shared out evenly."""
    each, left = divmod(len(processors), count)
    return processors if left or not each else processors[number * each : (number + 1) * each]


def ours_of(config: pytest.Config) -> Sequence[int]:
    """The share of this worker; empty for whoever was told none."""
    told: Sequence[int] = getattr(config, "workerinput", {}).get(OURS, ())
    return told


def keep_to(processors: Sequence[int]) -> None:
    """From here on this process runs on these, if any are named."""
    if processors and sys.platform == "linux":
        os.sched_setaffinity(0, processors)
