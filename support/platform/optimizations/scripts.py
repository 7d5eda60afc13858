"""The steps of each kind of change, by the type of recommendation."""

from __future__ import annotations

SPOT = (
    "create_spot_instances",
    "deploy_canary",
    "validate_canary",
    "scale_to_50_percent",
    "validate_50_percent",
    "full_migration",
    "terminate_ondemand",
)
TUNING = ("deploy_canary", "validate_canary", "scale_to_50_percent", "validate_50_percent", "apply_to_all")
TERMINATION = ("verify_idle", "drain", "terminate")
RESIZING = ("create_instance", "shift_traffic", "validate", "terminate_replaced")
STAYING = ("keep_on_demand",)

STEPS: dict[str, tuple[str, ...]] = {
    "spot_migration": SPOT,
    "idle_termination": TERMINATION,
    "rightsizing": RESIZING,
    "kv_cache_tuning": TUNING,
    "batch_tuning": TUNING,
    "quantization": TUNING,
    "stay_on_demand": STAYING,
}
"""What has no steps cannot be started: see `catalogue`."""
