"""Customers over HTTP."""

from __future__ import annotations

import shlex

from fastapi import APIRouter
from sqlalchemy import select

from support.platform.customers import service
from support.platform.customers.records import CustomerAnswer, answer_of, new_customer
from support.platform.customers.schemas import (
    ChangeCustomer,
    ConnectRuntime,
    Customers,
    InstallCommand,
    NewCustomer,
    Onboard,
    OnboardingStarted,
    RuntimeConnected,
)
from support.platform.identity.callers import CallerDep, require_customer
from support.platform.identity.roles import Permission
from support.platform.operations import Operation
from support.platform.services import ServicesDep
from support.platform.tables import Customer

router = APIRouter(tags=["customers"], route_class=Operation)


@router.get("/customers", response_model=Customers, summary="The customers that the caller may see")
def list_customers(caller: CallerDep, services: ServicesDep) -> Customers:
    """The own customer; for staff all of them, oldest first."""
    caller.require(Permission.READ)
    wanted = select(Customer).where(Customer.deleted_at.is_(None)).order_by(Customer.created_at, Customer.id)
    if not caller.is_staff:
        wanted = wanted.where(Customer.id == caller.customer_id)
    with services.database.reading() as session:
        found = session.scalars(wanted).all()
    return Customers(customers=[answer_of(services, customer) for customer in found])


@router.post("/customers", status_code=201, response_model=CustomerAnswer, summary="Make a customer")
def make_customer(asked: NewCustomer, caller: CallerDep, services: ServicesDep) -> CustomerAnswer:
    """For administrators; companies sign themselves up."""
    caller.require(Permission.ADMINISTER)
    with services.database.session() as session:
        customer = new_customer(services, session, asked.company_name, asked.plan)
        services.audit.record(session, customer.id, caller.user_id, "customer_made", "customer", customer.id, {"plan": asked.plan})
    return answer_of(services, customer)


@router.get("/customers/{customer_id}", response_model=CustomerAnswer, summary="One customer")
def get_customer(customer_id: str, caller: CallerDep, services: ServicesDep) -> CustomerAnswer:
    """With its settings and the state of its onboarding."""
    return answer_of(services, require_customer(services, caller, Permission.READ, customer_id))


@router.patch("/customers/{customer_id}", response_model=CustomerAnswer, summary="Change a customer")
def change_customer(customer_id: str, asked: ChangeCustomer, caller: CallerDep, services: ServicesDep) -> CustomerAnswer:
    """For its owner. What is left out stays as it is."""
    require_customer(services, caller, Permission.MANAGE, customer_id)
    return answer_of(services, service.change(services, caller, customer_id, company_name=asked.company_name, settings=asked.settings))


@router.delete("/customers/{customer_id}", status_code=204, summary="Leave OptiInfra")
def leave(customer_id: str, caller: CallerDep, services: ServicesDep) -> None:
    """For its owner. The audit trail is kept."""
    require_customer(services, caller, Permission.MANAGE, customer_id)
    service.leave(services, caller, customer_id)


@router.post("/customers/{customer_id}/onboard", status_code=202, response_model=OnboardingStarted, summary="Onboard by role")
def onboard(customer_id: str, asked: Onboard, caller: CallerDep, services: ServicesDep) -> OnboardingStarted:
    """The customer's `status` tells how it went; a failure names the role and the remedy."""
    customer = require_customer(services, caller, Permission.MANAGE, customer_id)
    service.onboard(services, caller, customer_id, asked)
    return OnboardingStarted(external_id=customer.external_id)


@router.get("/customers/{customer_id}/agent-install-command", response_model=InstallCommand, summary="How to install the agent runtime")
def agent_install_command(customer_id: str, caller: CallerDep, services: ServicesDep) -> InstallCommand:
    """The same token each time."""
    require_customer(services, caller, Permission.MANAGE, customer_id)
    token = service.agent_token(services, caller, customer_id)
    words = ["optiinfra-agent", "install", "--url", services.public_url, "--customer", customer_id, "--token", token]
    return InstallCommand(install_command=shlex.join(words), agent_token=token)


@router.post("/agent-runtime/connect", response_model=RuntimeConnected, summary="An agent runtime connects", tags=["agents"])
def connect_runtime(asked: ConnectRuntime, services: ServicesDep) -> RuntimeConnected:
    """With the token of its own customer's install command and no other."""
    return RuntimeConnected(runtime_id=service.connect_runtime(services, asked))
