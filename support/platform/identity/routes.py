"""Sign-up, sessions and people over HTTP."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import select

from support.platform.identity import service
from support.platform.identity.callers import CallerDep, require_customer
from support.platform.identity.roles import STAFF, Permission
from support.platform.identity.schemas import LogIn, NewColleague, NewStaff, RefreshRequest, SignedUp, SignUp, TokenPair, UserAnswer, Users
from support.platform.operations import Operation
from support.platform.problems import invalid
from support.platform.services import ServicesDep
from support.platform.tables import User

router = APIRouter(tags=["identity"], route_class=Operation)


@router.post("/auth/signup", status_code=201, response_model=SignedUp, summary="Sign a company up")
def sign_up(asked: SignUp, services: ServicesDep) -> SignedUp:
    """The company can log in at once. A refusal (409) does not say whether the e-mail address is known."""
    return SignedUp(customer_id=service.sign_up(services, asked))


@router.post("/auth/login", response_model=TokenPair, summary="Log in")
def log_in(asked: LogIn, services: ServicesDep) -> TokenPair:
    """Five failed logins lock the account for a while."""
    return service.log_in(services, asked)


@router.post("/auth/refresh", response_model=TokenPair, summary="Renew the tokens")
def refresh(asked: RefreshRequest, services: ServicesDep) -> TokenPair:
    """A refresh token works once; its second use ends the session."""
    return service.refresh(services, asked.refresh_token)


@router.post("/auth/logout", status_code=204, summary="Log out")
def log_out(caller: CallerDep, services: ServicesDep) -> None:
    """Neither token of the session works afterwards."""
    service.log_out(services, caller)


@router.post("/users", status_code=201, response_model=UserAnswer, summary="Add staff")
def add_staff(asked: NewStaff, caller: CallerDep, services: ServicesDep) -> UserAnswer:
    """For administrators. Staff belongs to no customer; every other role belongs to one."""
    caller.require(Permission.ADMINISTER)
    if asked.role == "agent":
        raise invalid("role", "must be the role of a person; agents get their token by the install command")
    if (asked.role in STAFF) != (asked.customer_id is None):
        raise invalid("customer_id", "must be given for a customer's people and left out for staff")
    if asked.customer_id is not None:
        require_customer(services, caller, Permission.ADMINISTER, asked.customer_id)
    user = service.add_user(services, caller, asked.email, asked.password, role=asked.role, customer_id=asked.customer_id)
    return UserAnswer.model_validate(user)


@router.post("/customers/{customer_id}/users", status_code=201, response_model=UserAnswer, summary="Add a colleague")
def add_colleague(customer_id: str, asked: NewColleague, caller: CallerDep, services: ServicesDep) -> UserAnswer:
    """For the customer's owner."""
    customer = require_customer(services, caller, Permission.MANAGE, customer_id)
    user = service.add_user(services, caller, asked.email, asked.password, role=asked.role, customer_id=customer.id)
    return UserAnswer.model_validate(user)


@router.get("/customers/{customer_id}/users", response_model=Users, summary="The customer's people")
def list_users(customer_id: str, caller: CallerDep, services: ServicesDep) -> Users:
    """In the order in which they were added."""
    customer = require_customer(services, caller, Permission.MANAGE, customer_id)
    with services.database.reading() as session:
        found = session.scalars(select(User).where(User.customer_id == customer.id).order_by(User.created_at, User.id)).all()
    return Users(users=[UserAnswer.model_validate(user) for user in found])
