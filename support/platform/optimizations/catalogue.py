"""Which kind of change carries out which type of recommendation."""

from __future__ import annotations

from support.platform.optimizations.change import Change
from support.platform.optimizations.migration import SpotMigration
from support.platform.optimizations.resizing import Rightsizing
from support.platform.optimizations.staying import StayOnDemand
from support.platform.optimizations.termination import IdleTermination
from support.platform.optimizations.tuning import EngineTuning

CHANGES: dict[str, type[Change]] = {
    "spot_migration": SpotMigration,
    "workload_placement": SpotMigration,
    "idle_termination": IdleTermination,
    "rightsizing": Rightsizing,
    "kv_cache_tuning": EngineTuning,
    "batch_tuning": EngineTuning,
    "quantization": EngineTuning,
    "stay_on_demand": StayOnDemand,
}
"""A reserved instance is a commitment that only the customer can enter into: there is no change that carries it out."""
