"""The named customers and their fixed traits. A new one needs an argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from support import words


@dataclass(frozen=True)
class FleetTrait:
    """One deployment of a persona: its nodes, how busy they are, and how it serves."""

    deployment: str
    instance_type: str
    count: int
    utilization: tuple[float, ...]
    """Percent, node by node; the last one holds for the rest."""
    interruption_tolerant: bool
    model: str = "meta-llama/Llama-3-8B-Instruct"
    tensor_parallel: int = 4
    peak: float | None = None
    """Percent in the busiest minutes, of every node; None where a node is always used alike."""
    behaviour: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """How its model servers behave, in the words of the world's control interface."""


@dataclass(frozen=True)
class Persona:
    """Who a customer is: nothing here changes from scenario to scenario."""

    name: str
    plan: words.Plan
    fleets: tuple[FleetTrait, ...]
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """What the customer has declared to OptiInfra, where that differs from the defaults."""

    @property
    def main_fleet(self) -> FleetTrait:
        """The deployment that scenarios mean when they name none."""
        return self.fleets[0]


def _behaves(requests_per_second: float, p50: int, p95: int, p99: int, **more: Any) -> Mapping[str, Any]:  # noqa: ANN401
    return MappingProxyType({"requests_per_second": requests_per_second, "base_latency_ms": {"p50": p50, "p95": p95, "p99": p99}, **more})


NORTHWIND = Persona(
    name="Northwind",
    plan="pro",
    fleets=(FleetTrait("chat", "g5.12xlarge", 20, (65.0,), interruption_tolerant=True, behaviour=_behaves(20, 300, 700, 900)),),
    settings=MappingProxyType({"preference": "savings"}),
)
ACME = Persona(
    name="Acme Corp",
    plan="pro",
    fleets=(
        FleetTrait(
            "llama-70b",
            "p4d.24xlarge",
            2,
            (78.0, 72.0),
            interruption_tolerant=False,
            model="meta-llama/Llama-3-70B-Instruct",
            tensor_parallel=8,
            behaviour=_behaves(45, 900, 1600, 1900),
        ),
        FleetTrait("batch", "g5.12xlarge", 4, (60.0,), interruption_tolerant=True, behaviour=_behaves(10, 300, 700, 900)),
    ),
    settings=MappingProxyType({"p95_objective_ms": 2000, "p99_objective_ms": 2500}),
)
MERIDIAN = Persona(
    name="Meridian Bank",
    plan="enterprise",
    fleets=(FleetTrait("advisor", "p5.48xlarge", 6, (60.0,), interruption_tolerant=True, tensor_parallel=8, behaviour=_behaves(30, 300, 700, 900)),),
    settings=MappingProxyType({"interruptible_capacity_allowed": False, "home_region": "us-east-1"}),
)
PULSE = Persona(
    name="Pulse",
    plan="pro",
    fleets=(FleetTrait("realtime", "g6e.12xlarge", 8, (60.0,), interruption_tolerant=True, peak=95.0, behaviour=_behaves(80, 120, 300, 380)),),
    settings=MappingProxyType({"preference": "performance", "p95_objective_ms": 400}),
)
TINKER = Persona(
    name="Tinker",
    plan="startup",
    fleets=(
        FleetTrait(
            "prototype", "g5.xlarge", 3, (60.0, 60.0, 1.0), interruption_tolerant=False, tensor_parallel=1, behaviour=_behaves(2, 300, 700, 900)
        ),
    ),
)

PERSONAS: Mapping[str, Persona] = MappingProxyType({persona.name: persona for persona in (NORTHWIND, ACME, MERIDIAN, PULSE, TINKER)})


class NoSuchPersona(AssertionError):
    """A scenario is about somebody whom nobody knows: its author's mistake, told in words."""


def persona(name: str) -> Persona:
    """The persona of that name; raises NoSuchPersona that lists the names there are."""
    if name not in PERSONAS:
        raise NoSuchPersona(f'there is no persona "{name}"; there are {", ".join(PERSONAS)}')
    return PERSONAS[name]


def behaving(persona: Persona, **behaviour: Any) -> Persona:  # noqa: ANN401  (as the world's control interface has it)
    """The same persona, whose main fleet's model servers have behaved differently from the beginning."""
    main, *others = persona.fleets
    bent = replace(main, behaviour=MappingProxyType({**main.behaviour, **behaviour}))
    return replace(persona, fleets=(bent, *others))
