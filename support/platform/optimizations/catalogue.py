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
    "idle_termination": IdleTermination,
    "rightsizing": Rightsizing,
    "kv_cache_tuning": EngineTuning,
    "batch_tuning": EngineTuning,
    "quantization": EngineTuning,
    "stay_on_demand": StayOnDemand,
}
"""No change carries out a reserved instance, a commitment that only the customer can enter into, nor a placement, which says nothing to be done."""
