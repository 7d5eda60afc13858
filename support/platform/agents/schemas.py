"""Analyses as they are asked for and answered."""

from __future__ import annotations

from typing import Literal

from support.platform.values import Answer, Ask, Moment
from support.platform.vocabulary import AgentType, AnalysisTrigger


class Analyze(Ask):
    """Which agent is to look."""

    agent_type: AgentType


class AnalysisStarted(Answer):
    """It runs; its end is an event."""

    status: Literal["started"] = "started"
    analysis_id: str


class AnalysisAnswer(Answer):
    """One look of one agent."""

    id: str
    agent_type: AgentType
    trigger: AnalysisTrigger
    status: Literal["running", "completed", "failed"]
    started_at: Moment
    finished_at: Moment | None
    findings: int
    error: str | None


class Analyses(Answer):
    """Every look at the customer's fleet, oldest first."""

    analyses: list[AnalysisAnswer]
