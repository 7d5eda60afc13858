"""What is sent to and answered by the operations on customers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from support.platform.customers.records import CustomerAnswer, Region, SettingsChange
from support.platform.identity.schemas import Name, Password
from support.platform.values import Answer, Ask
from support.platform.vocabulary import Plan

RoleArn = Annotated[str, StringConstraints(pattern=r"^arn:aws(-[a-z]+)*:iam::\d{12}:role/[A-Za-z0-9_+=,.@/-]+$", max_length=600)]


class Customers(Answer):
    """The customers that the caller may see."""

    customers: list[CustomerAnswer]


class NewCustomer(Ask):
    """A customer made by an administrator; its people are added afterwards."""

    company_name: Name
    plan: Plan


class ChangeCustomer(Ask):
    """Only what is to change."""

    company_name: Name | None = None
    settings: SettingsChange | None = None

    @model_validator(mode="after")
    def _something(self) -> ChangeCustomer:
        if self.company_name is None and self.settings is None:
            raise ValueError("must name something to change")
        return self


class Onboard(Ask):
    """The role that OptiInfra assumes in the customer's account; no keys are taken."""

    cloud_provider: Literal["aws"]
    region: Region
    iam_role_arn: RoleArn


class OnboardingStarted(Answer):
    """The role's trust policy must demand this external id."""

    status: Literal["started"] = "started"
    external_id: str


class InstallCommand(Answer):
    """What to run on a host, and the token in it."""

    install_command: str
    agent_token: str


class ConnectRuntime(Ask):
    """An agent runtime reports for work."""

    customer_id: Annotated[str, Field(max_length=64)]
    agent_token: Password
    hostname: Name
    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.+-]{1,64}$")]


class RuntimeConnected(Answer):
    """The runtime's identity."""

    connected: Literal[True] = True
    runtime_id: str
