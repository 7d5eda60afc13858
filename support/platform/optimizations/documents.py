"""What is kept of a change in the JSON columns of its record, typed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from support.platform.optimizations.health import Count, Objective
from support.platform.optimizations.pools import Pool

Lifecycle = Literal["spot", "on_demand"]


class Document(BaseModel):
    """Written with `model_dump(mode="json")`, read with `model_validate`; decimals and times survive exactly."""

    model_config = ConfigDict(frozen=True)

    def json_object(self) -> dict[str, Any]:
        """The form that is kept."""
        return self.model_dump(mode="json")


class Machine(Document):
    """An instance as it was launched: everything that is needed to launch one like it. `user_data` is in base64, as EC2 tells it.

    Whoever would give an instance other user data must stop it and start it again, and with that it is `launched_at` another moment.
    """

    instance_id: str
    launched_at: datetime
    instance_type: str
    availability_zone: str
    lifecycle: Lifecycle
    private_ip: str
    image_id: str
    subnet_id: str | None
    security_groups: tuple[str, ...]
    key_name: str | None
    profile_arn: str | None
    user_data: str | None = None
    tags: dict[str, str]

    @property
    def kind(self) -> tuple[Any, ...]:
        """What one instance has in common with another that replaces it exactly; its type, zone and lifecycle first."""
        network = (self.subnet_id, self.security_groups, self.key_name, self.profile_arn)
        return self.instance_type, self.availability_zone, self.lifecycle, self.image_id, self.user_data, network, tuple(sorted(self.tags.items()))


class Snapshot(Document):
    """A deployment before a change: its machines, how traffic reaches them, its settings.

    `actions` are the listener's default actions as AWS gives them; `weights` and `targets` go by the target group's name. `known_as` is the id
    under which the last look at the whole fleet has put the deployment on record; each look gives it another.
    """

    deployment: str
    known_as: str | None = None
    machines: tuple[Machine, ...]
    listener_arn: str | None
    actions: list[dict[str, Any]]
    groups: dict[str, str]
    weights: dict[str, int]
    targets: dict[str, tuple[str, ...]]
    settings: dict[str, str]

    def machine(self, instance_id: str) -> Machine:
        """The machine of that id; KeyError if there was none."""
        return {machine.instance_id: machine for machine in self.machines}[instance_id]

    def serving_group(self, instance_ids: tuple[str, ...]) -> str | None:
        """The name of the target group in which most of these instances are registered."""
        shared = {name: len(set(ids) & set(instance_ids)) for name, ids in self.targets.items()}
        best = max(shared, key=lambda name: (shared[name], name), default=None)
        return best if best is not None and shared[best] else None


class Node(Document):
    """An instance that a change launched, and what became of it. `released_at` is set before it is terminated."""

    instance_id: str
    instance_type: str
    availability_zone: str
    lifecycle: Lifecycle
    private_ip: str
    wave: int
    launched_at: datetime
    released_at: datetime | None = None
    replaces: str | None = None

    @property
    def pool(self) -> tuple[str, str]:
        """The spot market that it was taken from."""
        return self.instance_type, self.availability_zone


class Failure(Document):
    """Why a change goes back: the step, the cause in words, what triggered it, who, and how the change is to end."""

    step: str | None
    cause: str
    trigger: str
    user: str = "system"
    ends: Literal["failed", "rolled_back", "cancelled"] = "rolled_back"


class Plan(Document):
    """What is to be done, fixed before it begins, and what was decided on the way."""

    deployment: str | None = None
    affected: tuple[str, ...] = ()
    agent_type: str = "cost"
    title: str = ""
    predicted: Decimal = Decimal(0)
    details: dict[str, Any] = {}
    features: dict[str, Any] = {}
    after: str | None = None
    correlation_id: str = ""
    approved_by: str = "system"
    pools: tuple[Pool, ...] = ()
    subnets: dict[str, str] = {}
    on_demand_hourly: dict[str, Decimal] = {}
    baseline: Count | None = None
    objective: Objective = Objective()
    failure: Failure | None = None
