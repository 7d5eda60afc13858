"""A customer's fleet as it was seen at one moment. Frozen, so that agents reason about facts and change nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from support.platform.optimizations.pools import Pool
from support.platform.vocabulary import Preference

HOURS_PER_MONTH = 730

DEPLOYMENT_TAG = "optiinfra:deployment"
INTERRUPTIBLE_TAG = "optiinfra:interruptible"
LONGEST_GROUP_NAME = 32


def group_name(deployment: str, purpose: Literal["spot", "tuned"]) -> str:
    """What we call a deployment's target group for that purpose, as long as AWS lets names be."""
    return f"{deployment[: LONGEST_GROUP_NAME - len(purpose) - 1]}-{purpose}"


def name_of_group(arn: str) -> str:
    """The name of a target group, which AWS makes a part of its ARN."""
    return arn.split("/")[1]


@dataclass(frozen=True)
class Spec:
    """What an instance type is made of. `gpu_memory_mib` is that of all accelerators together; `accelerator` is empty without one."""

    instance_type: str
    accelerator: str
    gpus: int
    gpu_memory_mib: int
    vcpus: int
    memory_mib: int

    @property
    def family(self) -> str:
        """`g5` of `g5.12xlarge`."""
        return self.instance_type.partition(".")[0]

    def replaces(self, other: Spec) -> bool:
        """Whether it has the same accelerator and is at least as large in every respect."""
        larger = self.gpus >= other.gpus and self.gpu_memory_mib >= other.gpu_memory_mib
        return self.accelerator == other.accelerator and larger and self.vcpus >= other.vcpus and self.memory_mib >= other.memory_mib


@dataclass(frozen=True)
class Node:
    """A running instance. Utilisation in percent over the days that CloudWatch knows, None where nothing was measured; prices in USD an hour."""

    instance_id: str
    instance_type: str
    availability_zone: str
    lifecycle: str
    launched_at: datetime
    private_ip: str
    tags: Mapping[str, str]
    hourly: Decimal
    on_demand_hourly: Decimal
    utilization: Decimal | None = None
    peak: Decimal | None = None
    cpu: Decimal | None = None

    @property
    def deployment(self) -> str | None:
        """The deployment that the node belongs to, by its tag."""
        return self.tags.get(DEPLOYMENT_TAG)

    @property
    def tolerant(self) -> bool:
        """Whether the customer declared that the node's work tolerates interruption."""
        return self.tags.get(INTERRUPTIBLE_TAG) == "true"

    @property
    def on_demand(self) -> bool:
        """Whether it is billed at the on-demand price."""
        return self.lifecycle == "on_demand"


@dataclass(frozen=True)
class Serving:
    """What the model servers of a deployment say. `requests` since they started; None is missing or not a number. Latencies in milliseconds."""

    requests: int | None = None
    error_rate: Decimal | None = None
    p95_ms: Decimal | None = None
    p99_ms: Decimal | None = None
    cache_usage: Decimal | None = None
    waiting: Decimal | None = None
    running: Decimal | None = None
    requests_per_second: Decimal | None = None


@dataclass(frozen=True)
class Baseline:
    """The share of known prompts answered right, and on how many it rests."""

    quality: Decimal
    samples: int


@dataclass(frozen=True)
class Door:
    """Through what a deployment is reached, and the percent of its traffic that goes to each kind of capacity."""

    load_balancer_arn: str | None = None
    listener_arn: str | None = None
    traffic: Mapping[str, str] = field(default_factory=lambda: {"on_demand": "100", "spot": "0"})


@dataclass(frozen=True)
class Workload:
    """A model deployment: its nodes, its engine's settings, and how it serves."""

    name: str
    nodes: tuple[Node, ...]
    engine_args: Mapping[str, Any] = field(default_factory=dict)
    serving: Serving = Serving()

    @property
    def model(self) -> str | None:
        """The served model's name, where the settings tell it."""
        found = self.engine_args.get("model")
        return found if isinstance(found, str) else None

    @property
    def tolerant(self) -> bool:
        """Whether every node tolerates interruption."""
        return bool(self.nodes) and all(node.tolerant for node in self.nodes)


@dataclass(frozen=True)
class Policy:
    """What the customer declared. Latencies in milliseconds; `quality_floor` is a share of the baseline."""

    preference: Preference = "none"
    auto_execute_low_risk: bool = False
    interruptible_capacity_allowed: bool = True
    p95_objective_ms: Decimal = Decimal(1000)
    p99_objective_ms: Decimal = Decimal(1500)
    quality_floor: Decimal = Decimal("0.95")


@dataclass(frozen=True)
class Market:
    """Prices (USD an hour) at that moment, and what the types are made of. `spot` is by type and zone; `pools` are those of known risk."""

    specs: Mapping[str, Spec] = field(default_factory=dict)
    on_demand: Mapping[str, Decimal] = field(default_factory=dict)
    pools: tuple[Pool, ...] = ()
    spot: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Fleet:
    """Everything that was seen of a customer's account and region at that moment; `doors` by deployment, if they were looked at."""

    seen_at: datetime
    nodes: tuple[Node, ...]
    workloads: tuple[Workload, ...]
    market: Market = Market()
    policy: Policy = Policy()
    doors: Mapping[str, Door] = field(default_factory=dict)


def monthly(hourly: Decimal) -> Decimal:
    """USD a month of 730 hours."""
    return hourly * HOURS_PER_MONTH


def monthly_cost(nodes: Iterable[Node]) -> Decimal:
    """What the nodes cost together now, in USD a month."""
    return monthly(sum((node.hourly for node in nodes), Decimal(0)))
