"""The product's words. No answer carries a word outside these sets."""

from __future__ import annotations

from typing import Literal

AgentType = Literal["cost", "performance", "resource", "application"]
AGENT_TYPES: tuple[AgentType, ...] = ("cost", "performance", "resource", "application")
EventSource = Literal["cost", "performance", "resource", "application", "orchestrator"]
AgentStatus = Literal["active", "degraded", "unavailable"]
Plan = Literal["free", "startup", "pro", "enterprise"]
Risk = Literal["low", "medium", "high", "critical"]
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
ConflictKind = Literal["resource", "action", "dependency"]
ResolutionStrategy = Literal["prioritize_customer", "negotiate_hybrid", "sequential_execution"]
Preference = Literal["savings", "performance", "quality", "none"]
RoleName = Literal["admin", "auditor", "support", "operator", "owner", "approver", "engineer", "viewer", "agent"]
CustomerStatus = Literal["new", "onboarding", "active", "onboarding_failed", "deleted"]
DiscoveryStatus = Literal["pending", "discovering", "discovered", "failed"]
TaskStatus = Literal["pending", "running", "completed", "failed"]
MetricType = Literal["cost", "utilization", "latency_p95", "latency_p99", "error_rate", "quality", "throughput"]
AnalysisTrigger = Literal["request", "discovery", "monitoring"]
Severity = Literal["low", "medium", "high"]

EventType = Literal[
    "customer_onboarded",
    "onboarding_failed",
    "discovery_completed",
    "discovery_failed",
    "analysis_completed",
    "analysis_failed",
    "recommendation_created",
    "recommendation_approved",
    "recommendation_rejected",
    "recommendation_expired",
    "optimization_started",
    "step_started",
    "step_completed",
    "step_failed",
    "optimization_completed",
    "optimization_failed",
    "optimization_cancelled",
    "rollback_started",
    "step_undone",
    "rollback_completed",
    "rollback_failed",
    "conflict_detected",
    "conflict_resolved",
    "resolution_executed",
    "agent_status_changed",
    "agent_connected",
    "task_completed",
    "task_failed",
    "quality_alarm",
    "node_reclaimed",
    "node_replaced",
    "alert_raised",
    "savings_booked",
    "settings_changed",
]
