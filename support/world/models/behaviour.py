"""How a deployment behaves: what a scenario declares of it, and which of it holds for one node."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from support.world.models.settings import EngineSettings

Share = Annotated[Decimal, Field(ge=0, le=1)]


class Latency(BaseModel):
    """Milliseconds that half, 95% and 99% of the requests do not exceed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    p50: Annotated[float, Field(gt=0, le=60000)]
    p95: Annotated[float, Field(gt=0, le=60000)]
    p99: Annotated[float, Field(gt=0, le=60000)]


class Where(BaseModel):
    """The nodes that a declaration is about; nothing named: all nodes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lifecycle: Literal["spot", "normal"] | None = None


class Behaviour(BaseModel):
    """A declaration; a field that is None says nothing."""

    model_config = ConfigDict(extra="forbid")

    requests_per_second: Annotated[Decimal, Field(ge=0, le=100000)] | None = None
    base_latency_ms: Latency | None = None
    error_rate: Share | None = None
    success_rate: Share | None = None
    accuracy: Share | None = None
    cache_hit_rate: Share | None = None
    utilization: Annotated[float, Field(ge=0, le=100)] | None = None
    peak_utilization: Annotated[float, Field(ge=0, le=100)] | None = None
    interruption_tolerant: bool | None = None
    metrics: Literal["ok", "missing", "nan"] | None = None
    answering: bool | None = None
    """Whether questions are answered at all; health and metrics are told either way."""
    startup_seconds: Annotated[int, Field(ge=0, le=3600)] | None = None
    """How long after its launch a node loads its model and answers nothing, its health included. None: no time at all."""


class Declaration(Behaviour):
    """A declaration and the nodes that it is about."""

    on: Where | None = None
    instance_ids: list[str] | None = None


DEFAULT = Behaviour(
    requests_per_second=Decimal(10),
    base_latency_ms=Latency(p50=300, p95=600, p99=900),
    error_rate=Decimal(0),
    accuracy=Decimal(1),
    cache_hit_rate=Decimal("0.3"),
    utilization=65.0,
    interruption_tolerant=True,
    metrics="ok",
    answering=True,
)


@dataclass(frozen=True)
class Node:
    """The node that a question is about."""

    instance_id: str
    lifecycle: str


@dataclass
class Workload:
    """What has been declared of one deployment. Field by field the narrowest declaration wins: for nodes by id, then by lifecycle, then for all."""

    for_all: Behaviour = field(default_factory=lambda: DEFAULT.model_copy())
    by_lifecycle: dict[str, Behaviour] = field(default_factory=dict)
    by_instance: dict[str, Behaviour] = field(default_factory=dict)
    reference: EngineSettings | None = None
    """The engine settings with which the declared latency was measured: those in force when it was first needed."""

    def declare(self, declaration: Declaration) -> None:
        """Takes a declaration; what it does not name stays as it is. One for all nodes also ends what was said of single nodes in its fields."""
        said = {name: getattr(declaration, name) for name in Behaviour.model_fields if name in declaration.model_fields_set}
        if declaration.instance_ids is not None:
            targets = [self.by_instance.setdefault(identifier, Behaviour()) for identifier in declaration.instance_ids]
        elif declaration.on is not None and declaration.on.lifecycle is not None:
            targets = [self.by_lifecycle.setdefault(declaration.on.lifecycle, Behaviour())]
        else:
            targets = [self.for_all]
            for narrower in (*self.by_lifecycle.values(), *self.by_instance.values()):
                _set(narrower, dict.fromkeys(said))
        for target in targets:
            _set(target, said)

    def of(self, node: Node) -> Behaviour:
        """How that node behaves: every field that has a default is given. To be read at once: it may change with the next declaration."""
        narrower = [layer for layer in (self.by_lifecycle.get(node.lifecycle), self.by_instance.get(node.instance_id)) if layer is not None]
        if not narrower:
            return self.for_all
        merged = {name: value for layer in narrower for name, value in layer if value is not None}
        return self.for_all.model_copy(update=merged)


def _set(target: Behaviour, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(target, name, value)
