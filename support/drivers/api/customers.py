"""Customers: their record, settings, onboarding and runtime."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from support import words
from support.drivers.api.answer import Nothing, Record, Refused
from support.drivers.api.transport import Credentials, Request, Transport


class CustomerSettings(Record):
    preference: words.Preference
    auto_execute_low_risk: bool
    interruptible_capacity_allowed: bool
    home_region: str | None = None
    p95_objective_ms: Decimal
    p99_objective_ms: Decimal
    error_rate_objective: Decimal
    quality_floor: Decimal


class EventDelivery(Record):
    url: str
    pattern: dict[str, Any] | None = None


class CustomerRecord(Record):
    id: str
    company_name: str
    plan: words.Plan
    status: Literal["new", "onboarding", "active", "onboarding_failed", "deleted"]
    status_reason: str | None = None
    external_id: str
    cloud_provider: str | None = None
    region: str | None = None
    iam_role_arn: str | None = None
    event_delivery: EventDelivery | None = None
    settings: CustomerSettings

    def __str__(self) -> str:
        return self.status if self.status_reason is None else f"{self.status} ({self.status_reason})"


class User(Record):
    id: str
    customer_id: str | None = None
    email: str
    role: words.Role


class CustomerList(Record):
    customers: tuple[CustomerRecord, ...]


class OnboardingStarted(Record):
    status: Literal["started"]
    external_id: str


class InstallCommand(Record):
    install_command: str
    agent_token: str


class RuntimeConnected(Record):
    connected: Literal[True]
    runtime_id: str


class Customers:
    """The customers that the caller may see."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def listed(self) -> tuple[CustomerRecord, ...]:
        """All of them."""
        return (await self._transport.get(CustomerList, Request("GET", "/customers"))).customers

    async def make(self, company: str, plan: words.Plan) -> CustomerRecord | Refused:
        """A customer comes to be without a sign-up; nobody can log in for it yet."""
        return await self._transport.ask(CustomerRecord, Request("POST", "/customers", body={"company_name": company, "plan": plan}))

    async def get(self, customer_id: str) -> CustomerRecord:
        """One of them."""
        return await self._transport.get(CustomerRecord, Request("GET", "/customers/{}", (customer_id,)))

    async def change_settings(self, customer_id: str, **settings: Any) -> CustomerRecord | Refused:  # noqa: ANN401  (any setting)
        """Changes the settings that are named and leaves the others."""
        return await self._transport.ask(CustomerRecord, Request("PATCH", "/customers/{}", (customer_id,), {"settings": settings}))

    async def leave(self, customer_id: str) -> Nothing | Refused:
        """The customer leaves OptiInfra."""
        return await self._transport.ask(Nothing, Request("DELETE", "/customers/{}", (customer_id,)))

    async def onboard(self, customer_id: str, region: str, role: str) -> OnboardingStarted | Refused:
        """The customer lets OptiInfra assume a role in its AWS account; the onboarding has begun on return."""
        body = {"cloud_provider": "aws", "region": region, "iam_role_arn": role}
        return await self._transport.ask(OnboardingStarted, Request("POST", "/customers/{}/onboard", (customer_id,), body))

    async def offer_keys(self, customer_id: str, region: str, key_id: str, secret: str) -> OnboardingStarted | Refused:
        """The customer offers keys to its AWS account where a role is asked for."""
        body = {"cloud_provider": "aws", "region": region, "access_key_id": key_id, "secret_access_key": secret}
        return await self._transport.ask(OnboardingStarted, Request("POST", "/customers/{}/onboard", (customer_id,), body))

    async def install_command(self, customer_id: str) -> InstallCommand:
        """The command that installs the customer's agent runtime, and the runtime's token."""
        return await self._transport.get(InstallCommand, Request("GET", "/customers/{}/agent-install-command", (customer_id,)))

    async def connect_runtime(self, customer_id: str, agent_token: str, hostname: str) -> RuntimeConnected | Refused:
        """The customer's agent runtime reports for work."""
        body = {"customer_id": customer_id, "agent_token": agent_token, "hostname": hostname, "version": "1.0.0"}
        return await self._transport.ask(RuntimeConnected, Request("POST", "/agent-runtime/connect", body=body))

    async def add_colleague(self, customer_id: str, credentials: Credentials, role: words.Role) -> User | Refused:
        """Somebody else may act for the customer, as far as the role goes."""
        body = {"email": credentials.username, "password": credentials.password, "role": role}
        return await self._transport.ask(User, Request("POST", "/customers/{}/users", (customer_id,), body))
