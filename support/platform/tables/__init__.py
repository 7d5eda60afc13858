"""Every table of the platform, by theme. Column names are read by people who audit the records: they change only with that contract."""

from support.platform.tables.advice import (
    Analysis,
    Feedback,
    Pattern,
    Recommendation,
    Resolution,
    Vector,
)
from support.platform.tables.fleets import Deployment, Discovery, Instance, MetricSample, QualityBaseline
from support.platform.tables.people import (
    Agent,
    AgentCredential,
    AgentRuntime,
    AuthSession,
    Customer,
    Task,
    User,
)
from support.platform.tables.records import Alert, AuditEntry, AuditHead, Event
from support.platform.tables.work import Optimization, OptimizationStep, ResourceLock, Saving

__all__ = [
    "Agent",
    "AgentCredential",
    "AgentRuntime",
    "Alert",
    "Analysis",
    "AuditEntry",
    "AuditHead",
    "AuthSession",
    "Customer",
    "Deployment",
    "Discovery",
    "Event",
    "Feedback",
    "Instance",
    "MetricSample",
    "Optimization",
    "OptimizationStep",
    "Pattern",
    "QualityBaseline",
    "Recommendation",
    "Resolution",
    "ResourceLock",
    "Saving",
    "Task",
    "User",
    "Vector",
]
