"""What the control interface is asked, as typed bodies."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from support.world.aws.faults import Kind
from support.world.aws.holds import When
from support.world.aws.stacks import Template
from support.world.models.behaviour import Declaration

Percentage = Annotated[float, Field(ge=0, le=100)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Stack(_Asked):
    """A customer's CloudFormation stack."""

    external_id: Annotated[str, Field(min_length=2)]
    event_url: str | None = None
    event_pattern: dict[str, Any] | None = None
    event_token: str | None = None
    role_name: str = "OptiInfraAccess"


class Utilization(_Asked):
    """How busy an instance is, in percent; what is not named stays as it is."""

    cpu: Percentage | None = None
    gpu: Percentage | None = None
    peak_cpu: Percentage | None = None
    peak_gpu: Percentage | None = None


class UtilizationChange(_Asked):
    """How busy some instances are, by their ids; the others stay as they are."""

    instances: dict[str, Utilization]


class NewDeployment(_Asked):
    """What a customer's stack is to build, how that behaves from the beginning, and how busy each of its nodes is."""

    template: Template
    behaviour: Declaration
    instances: Annotated[list[Utilization], Field(min_length=1)]


class PriceSteps(_Asked):
    """A price curve: from each moment on, its price."""

    steps: Annotated[list[tuple[AwareDatetime, Decimal]], Field(min_length=1)]


class Pool(_Asked):
    """What is declared of a pool, or with `*` of all the type's pools of the region."""

    instance_type: str
    availability_zone: str = "*"
    price: Decimal | PriceSteps | None = None
    capacity: Annotated[int, Field(ge=0)] | None = None
    interruption_rate: Annotated[Decimal, Field(ge=0, le=1)] | None = None


class MarketChange(_Asked):
    """Overrides of the seeded market."""

    region: str = "us-east-1"
    pools: list[Pool]


class Reclaim(_Asked):
    """The cloud takes spot instances back."""

    instance_ids: Annotated[list[str], Field(min_length=1)]
    notice_seconds: Annotated[int, Field(ge=0)] = 120
    rebalance: Literal["before", "after"] | None = None
    warning: bool = True


class NewFault(_Asked):
    """A fault of one action, or with `*` of all."""

    service: str
    action: str
    kind: Kind
    times: Annotated[int, Field(ge=1)] | None = None
    after: Annotated[int, Field(ge=0)] = 0


class NewHold(_Asked):
    """One call is kept waiting, before or after it is carried out."""

    service: str
    action: str
    when: When
    after: Annotated[int, Field(ge=0)] = 0


class Pages(_Asked):
    """How many entries AWS lists at most on one page."""

    size: Annotated[int, Field(ge=1)]


class Mode(_Asked):
    """How the language model answers."""

    mode: Literal["ok", "fail", "slow"]
