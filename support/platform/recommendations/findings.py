"""What an agent found: a recommendation before it is on record."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from support.platform.vocabulary import AgentType, RecommendationType, Risk

BY_NODE = frozenset({"idle_termination", "rightsizing"})
"""Recommendations about nodes one by one: another node is another matter."""


@dataclass(frozen=True)
class Opinion:
    """What another agent says of a recommendation. `baseline` is the quality measured, with its number of samples."""

    agent_type: AgentType
    verdict: str
    detail: str
    baseline: Mapping[str, Any] | None = None

    def document(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "agent_type": self.agent_type,
            "verdict": self.verdict,
            "detail": self.detail,
            "baseline": dict(self.baseline) if self.baseline else None,
        }


@dataclass(frozen=True)
class Finding:
    """A change that would do good. `saving` in USD a month; `scope` names what it is about, so that the same finding is known again."""

    type: RecommendationType
    agent_type: AgentType
    scope: str
    title: str
    risk: Risk
    saving: Decimal
    confidence: Decimal
    resources: tuple[str, ...]
    details: Mapping[str, Any] = field(default_factory=dict)
    features: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Equal for findings of the same thing, however its figures have changed."""
        return fingerprint(self.type, self.scope)


def fingerprint(kind: str, scope: str) -> str:
    """SHA-256 of what is recommended and for what."""
    return hashlib.sha256(f"{kind}|{scope}".encode()).hexdigest()[:32]
