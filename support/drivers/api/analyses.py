"""Analyses of a fleet by an agent."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from support import words
from support.drivers.api.answer import Record, Refused
from support.drivers.api.transport import Request, Transport


class AnalysisStarted(Record):
    status: Literal["started"]
    analysis_id: str


class Analysis(Record):
    id: str
    agent_type: words.AgentType
    trigger: Literal["request", "discovery", "monitoring"]
    status: Literal["running", "completed", "failed"]
    started_at: datetime
    finished_at: datetime | None = None
    findings: int
    error: str | None = None


class AnalysisList(Record):
    analyses: tuple[Analysis, ...]


class Analyses:
    """What the agents have looked at, and when."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def start(self, customer_id: str, agent: words.AgentType) -> AnalysisStarted | Refused:
        """Asks one agent to analyse the customer's fleet; it has begun on return."""
        return await self._transport.ask(AnalysisStarted, Request("POST", "/customers/{}/analyze", (customer_id,), {"agent_type": agent}))

    async def of(self, customer_id: str) -> tuple[Analysis, ...]:
        """Every analysis of the customer."""
        return (await self._transport.get(AnalysisList, Request("GET", "/customers/{}/analyses", (customer_id,)))).analyses
