"""Recommendations as they are asked for, submitted and answered."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from support.platform.tables import Recommendation
from support.platform.values import Answer, Ask, Moment, Money, Ratio
from support.platform.vocabulary import AgentType, RecommendationStatus, RecommendationType, Risk

Reason = Annotated[str, Field(min_length=1, max_length=2000)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Resource = Annotated[str, Field(min_length=1, max_length=255)]
Setting = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
SettingValue = bool | int | Annotated[float, Field(allow_inf_nan=False)] | Annotated[str, Field(max_length=512)]


class BaselineAnswer(Answer):
    """The quality measured before any change."""

    quality: Ratio
    samples: int


class ValidationAnswer(Answer):
    """What another agent says of the recommendation."""

    agent_type: AgentType
    verdict: Literal["approved", "rejected", "pending"]
    detail: str
    baseline: BaselineAnswer | None = None


class PrecedentAnswer(Answer):
    """The earlier change of a similar fleet that the confidence rests on."""

    pattern_id: str
    similarity: Ratio
    outcome: str


class RecommendationAnswer(Answer):
    """A proposed change. `estimated_savings` in US dollars a month."""

    id: str
    customer_id: str
    type: RecommendationType
    agent_type: AgentType
    title: str
    risk_level: Risk
    estimated_savings: Money
    confidence: Ratio
    affected_resources: list[str]
    dependencies: list[str]
    validations: list[ValidationAnswer]
    precedent: PrecedentAnswer | None
    details: dict[str, Any]
    created_at: Moment
    expires_at: Moment | None
    decided_at: Moment | None
    decided_by: str | None
    rejection_reason: str | None
    version: int
    status: RecommendationStatus
    optimization_id: str | None

    @classmethod
    def from_row(cls, row: Recommendation) -> RecommendationAnswer:
        """The record as it is answered."""
        return cls.model_validate(row)


class Recommendations(Answer):
    """The customer's recommendations, oldest first."""

    recommendations: list[RecommendationAnswer]


class SubmittedDetails(Ask):
    """What the change would do, where its type alone does not say it. Pools, prices and the deployment are found out here, not taken on trust."""

    setting_changes: dict[Setting, SettingValue] = Field(default_factory=dict, max_length=50)
    target_instance_type: Annotated[str, Field(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$", max_length=64)] | None = None


class Submission(Ask):
    """A recommendation of an agent that runs elsewhere. Refused as a whole if anything in it is wrong."""

    type: RecommendationType
    title: Annotated[str, Field(min_length=1, max_length=512)]
    risk_level: Risk
    estimated_savings: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4, allow_inf_nan=False)]
    confidence: Annotated[Decimal, Field(ge=0, le=1, allow_inf_nan=False)]
    affected_resources: Annotated[list[Resource], Field(min_length=1, max_length=1000)]
    dependencies: list[str] = Field(default_factory=list, max_length=100)
    details: SubmittedDetails = Field(default_factory=SubmittedDetails)
    agent_type: AgentType | None = Field(default=None, description="Whose recommendation it is; the type's usual agent by default.")


class Revision(Ask):
    """What its agent thinks by now; what is not named stays. A revision makes a new version, so that nobody decides on the old one."""

    version: Version | None = Field(default=None, description="The version that is revised; refused if it is no longer the current one.")
    title: Annotated[str, Field(min_length=1, max_length=512)] | None = None
    risk_level: Risk | None = None
    estimated_savings: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4, allow_inf_nan=False)] | None = None
    confidence: Annotated[Decimal, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    dependencies: Annotated[list[str], Field(max_length=100)] | None = None


class Approval(Ask):
    """`version` is the one that was looked at; a decision on an outdated one is refused."""

    version: Version | None = None
    reason: Reason | None = None


class Rejection(Ask):
    """The reason is kept for the agent that made the recommendation."""

    reason: Reason
    version: Version | None = None


class Approved(Answer):
    """The recommendation is approved, and this optimization carries it out."""

    status: Literal["approved"] = "approved"
    recommendation_id: str
    optimization_id: str


class Rejected(Answer):
    """The recommendation will not be carried out."""

    status: Literal["rejected"] = "rejected"
    recommendation_id: str
    reason: str


class Several(Ask):
    """Recommendations to approve together."""

    ids: Annotated[list[str], Field(min_length=1, max_length=100)]


class Started(Answer):
    """Which optimization carries out which recommendation."""

    recommendation_id: str
    optimization_id: str


class DroppedAnswer(Answer):
    """A recommendation that is not carried out, and the one carried out in its place."""

    recommendation_id: str
    in_favour_of: str


class SeveralApproved(Answer):
    """What is carried out in which order, and what is not."""

    order_of_execution: list[str]
    optimizations: list[Started]
    dropped: list[DroppedAnswer]
