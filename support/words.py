"""The closed vocabulary of the domain: each word once. No answer of a platform may carry another."""

from __future__ import annotations

from typing import Any, Literal, get_args

AgentType = Literal["cost", "performance", "resource", "application"]
EventSource = Literal["cost", "performance", "resource", "application", "orchestrator"]
AgentStatus = Literal["active", "degraded", "unavailable"]
Plan = Literal["free", "startup", "pro", "enterprise"]
RiskLevel = Literal["low", "medium", "high", "critical"]
RecommendationType = Literal[
    "spot_migration",
    "reserved_instance",
    "rightsizing",
    "idle_termination",
    "kv_cache_tuning",
    "quantization",
    "batch_tuning",
    "workload_placement",
    "stay_on_demand",
]
RecommendationStatus = Literal["pending", "approved", "rejected", "expired", "executing", "completed", "failed", "rolled_back"]
OptimizationStatus = Literal["pending", "running", "completed", "failed", "rolling_back", "rolled_back", "rollback_failed", "cancelled"]
StepStatus = Literal["pending", "running", "completed", "failed", "undone"]
MigrationStep = Literal[
    "create_spot_instances",
    "deploy_canary",
    "validate_canary",
    "scale_to_50_percent",
    "validate_50_percent",
    "full_migration",
    "terminate_ondemand",
]
ConflictKind = Literal["resource", "action", "dependency"]
Severity = Literal["low", "medium", "high", "critical"]
ResolutionStrategy = Literal["prioritize_customer", "negotiate_hybrid", "sequential_execution"]
Preference = Literal["savings", "performance", "quality", "none"]
Role = Literal["admin", "auditor", "support", "operator", "owner", "approver", "engineer", "viewer", "agent"]
Lifecycle = Literal["spot", "on_demand"]

TERMINAL: frozenset[str] = frozenset({"completed", "failed", "rolled_back", "rollback_failed", "cancelled"})
"""The states that an optimization does not leave by itself."""


def words(closed_set: Any) -> tuple[str, ...]:  # noqa: ANN401  (a Literal is no class and has no narrower type)
    """The words of one closed set, in the domain's order."""
    return tuple(get_args(closed_set))
