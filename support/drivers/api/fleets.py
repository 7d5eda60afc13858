"""What OptiInfra has discovered of a customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from support import words
from support.drivers.api.answer import Record
from support.drivers.api.transport import Request, Transport


class ListedInstance(Record):
    instance_id: str
    instance_type: str
    availability_zone: str
    lifecycle: words.Lifecycle
    state: str
    deployment: str | None = None
    monthly_cost: Decimal
    utilization: Decimal | None = None
    launched_at: datetime | None = None


class TrafficSplit(Record):
    on_demand: Decimal
    spot: Decimal


class ListedDeployment(Record):
    name: str
    model: str
    instance_ids: tuple[str, ...]
    engine_args: Mapping[str, Any]
    traffic: TrafficSplit
    interruption_tolerant: bool
    p95_latency_ms: Decimal | None = None
    quality: Decimal | None = None


class Infrastructure(Record):
    status: Literal["pending", "discovering", "discovered", "failed"]
    discovered_at: datetime | None = None
    error: str | None = None
    instances: tuple[ListedInstance, ...]
    vllm_deployments: tuple[ListedDeployment, ...]

    def __str__(self) -> str:
        why = f" because {self.error}" if self.error else ""
        return f"{self.status}{why}: {len(self.instances)} instances, {len(self.vllm_deployments)} deployments"


class Fleets:
    """The discovered fleets."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def of(self, customer_id: str) -> Infrastructure:
        """The customer's instances and deployments, as the platform knows them."""
        return await self._transport.get(Infrastructure, Request("GET", "/customers/{}/infrastructure", (customer_id,)))
