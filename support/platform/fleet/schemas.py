"""The fleet as it is answered."""

from __future__ import annotations

from typing import Any, Literal

from support.platform.values import Answer, Moment, Money, Ratio
from support.platform.vocabulary import DiscoveryStatus


class InstanceAnswer(Answer):
    """A running instance. `monthly_cost` in US dollars for 730 hours, `utilization` in percent."""

    instance_id: str
    instance_type: str
    availability_zone: str
    lifecycle: Literal["spot", "on_demand"]
    state: str
    deployment: str | None
    monthly_cost: Money
    utilization: Ratio | None
    launched_at: Moment


class Traffic(Answer):
    """Percent of the requests that each kind of capacity serves."""

    on_demand: str
    spot: str


class DeploymentAnswer(Answer):
    """A model deployment. `p95_latency_ms` and `quality` are the last that were measured."""

    name: str
    model: str | None
    instance_ids: list[str]
    engine_args: dict[str, Any]
    traffic: Traffic
    interruption_tolerant: bool
    p95_latency_ms: Ratio | None
    quality: Ratio | None


class Infrastructure(Answer):
    """Everything that was found in the customer's account and region."""

    status: DiscoveryStatus
    discovered_at: Moment | None
    error: str | None
    instances: list[InstanceAnswer]
    vllm_deployments: list[DeploymentAnswer]
