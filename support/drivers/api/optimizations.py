"""Optimizations: approved changes under way or ended."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from support import words
from support.drivers.api.answer import Record, Refused
from support.drivers.api.transport import Request, Transport


class ExecutionStep(Record):
    name: str
    status: words.StepStatus
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error: str | None = None


class OptimizationResult(Record):
    realized_savings: Decimal | None = None
    predicted_savings: Decimal | None = None
    basis: tuple[str, ...] = ()
    restored: bool | None = None
    differences: tuple[str, ...] = ()


class Optimization(Record):
    id: str
    customer_id: str
    recommendation_id: str | None = None
    recommendation_ids: tuple[str, ...] = ()
    type: words.RecommendationType
    status: words.OptimizationStatus
    execution_steps: tuple[ExecutionStep, ...]
    result: OptimizationResult | None = None
    cause: str | None = None
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    resources: tuple[str, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether it will not change any more by itself."""
        return self.status in words.TERMINAL

    def step(self, name: str) -> ExecutionStep:
        """The step of that name; raises LookupError when the optimization has none."""
        for step in self.execution_steps:
            if step.name == name:
                return step
        raise LookupError(f"the {self.type} has no step {name!r}")

    def __str__(self) -> str:
        steps = ", ".join(f"{step.name} {step.status}" for step in self.execution_steps if step.status != "pending")
        cause = f" because {self.cause}" if self.cause else ""
        return f"{self.status}{cause} [{steps or 'no step begun'}]"


class OptimizationList(Record):
    optimizations: tuple[Optimization, ...]


class Stopping(Record):
    status: words.OptimizationStatus
    optimization_id: str


class Optimizations:
    """The changes that OptiInfra carries out."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def of(self, customer_id: str) -> tuple[Optimization, ...]:
        """Every optimization of the customer."""
        return (await self._transport.get(OptimizationList, Request("GET", "/customers/{}/optimizations", (customer_id,)))).optimizations

    async def get(self, optimization_id: str) -> Optimization:
        """One optimization as it is now."""
        return await self._transport.get(Optimization, Request("GET", "/optimizations/{}", (optimization_id,)))

    async def roll_back(self, optimization_id: str, reason: str = "") -> Stopping | Refused:
        """The customer wants everything as it was; the rollback has begun on return."""
        body = {"reason": reason} if reason else {}
        return await self._transport.ask(Stopping, Request("POST", "/optimizations/{}/rollback", (optimization_id,), body))

    async def cancel(self, optimization_id: str) -> Stopping | Refused:
        """The customer calls the change off."""
        return await self._transport.ask(Stopping, Request("POST", "/optimizations/{}/cancel", (optimization_id,)))
