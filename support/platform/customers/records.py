"""The customer's record and its settings."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from support.platform import ids
from support.platform.cloud_events import PATTERN
from support.platform.database import add_now
from support.platform.services import Services
from support.platform.tables import Customer
from support.platform.values import Answer, Ask, Ratio
from support.platform.vocabulary import CustomerStatus, Plan, Preference

Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$", max_length=32)]
Objective = Annotated[int, Field(gt=0, le=600_000)]
Share = Annotated[Ratio, Field(ge=0, le=1, allow_inf_nan=False)]
Floor = Annotated[Ratio, Field(ge=Decimal("0.95"), le=1, allow_inf_nan=False)]
"""Every customer keeps 95% of the baseline; one may ask for more, and never for less."""


class CustomerSettings(BaseModel):
    """What a customer decides. Latencies in milliseconds; `quality_floor` is the share of the baseline that must be kept."""

    model_config = ConfigDict(frozen=True)

    preference: Preference = "none"
    auto_execute_low_risk: bool = False
    interruptible_capacity_allowed: bool = True
    home_region: Region | None = None
    p95_objective_ms: Objective = 1000
    p99_objective_ms: Objective = 1500
    error_rate_objective: Share = Decimal("0.001")
    quality_floor: Floor = Decimal("0.95")


class SettingsAnswer(CustomerSettings):
    """The settings with the number of their last change."""

    version: int


class SettingsChange(Ask):
    """Only what is to change; what is left out stays."""

    preference: Preference | None = None
    auto_execute_low_risk: Annotated[bool, Field(strict=True)] | None = None
    interruptible_capacity_allowed: Annotated[bool, Field(strict=True)] | None = None
    home_region: Region | None = None
    p95_objective_ms: Objective | None = None
    p99_objective_ms: Objective | None = None
    error_rate_objective: Share | None = None
    quality_floor: Floor | None = None


class EventDelivery(Answer):
    """Where the customer's cloud sends its events (spot interruptions, state changes), with the agent token as bearer, and by which pattern of
    EventBridge it chooses them."""

    url: str
    pattern: dict[str, Any]


class CustomerAnswer(Answer):
    """A customer as it and OptiInfra's staff see it."""

    id: str
    company_name: str
    plan: Plan
    status: CustomerStatus
    status_reason: str | None
    external_id: str
    cloud_provider: Literal["aws"] | None
    region: str | None
    iam_role_arn: str | None
    event_delivery: EventDelivery
    settings: SettingsAnswer


def settings_of(customer: Customer) -> CustomerSettings:
    """The customer's settings, typed."""
    return CustomerSettings.model_validate(customer.settings)


def answer_of(services: Services, customer: Customer) -> CustomerAnswer:
    """The customer's record as it is answered."""
    plain = {name: getattr(customer, name) for name in CustomerAnswer.model_fields if name not in {"event_delivery", "settings"}}
    return CustomerAnswer.model_validate(
        {
            **plain,
            "event_delivery": EventDelivery(url=f"{services.public_url}/cloud-events/{customer.id}", pattern=PATTERN),
            "settings": SettingsAnswer(version=customer.version, **settings_of(customer).model_dump()),
        }
    )


def new_customer(services: Services, session: Session, company_name: str, plan: Plan) -> Customer:
    """Writes a customer with default settings and an external id of its own, which its role must demand of us."""
    customer = Customer(
        id=ids.new_id("cus"),
        company_name=company_name,
        plan=plan,
        status="new",
        external_id=secrets.token_hex(16),
        settings=kept(CustomerSettings()),
        version=1,
        created_at=services.clock.now(),
    )
    add_now(session, customer)
    return customer


def kept(settings: CustomerSettings) -> dict[str, Any]:
    """The settings as they are stored: plain JSON, decimals as text."""
    return settings.model_dump(mode="json")
