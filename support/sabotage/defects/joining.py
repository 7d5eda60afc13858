"""Defects of sign-up, onboarding, the connection of runtimes and discovery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from support.sabotage.breaking import Broken, first_look_for_ever, instead_of, loosened
from support.sabotage.registry import defect, patch


@defect("REQ-JRN-001", "nobody can log in within an hour of signing up")
def login_has_to_wait() -> None:
    patch("support.platform.identity.service:_locked", lambda _: lambda user, now: now < user.created_at + timedelta(hours=1))


@defect("REQ-JRN-001", "every company gets the free plan")
def plan_forgotten() -> None:
    def broken(new_customer: Callable[..., Any]) -> Callable[..., Any]:
        return lambda services, session, name, _plan: new_customer(services, session, name, "free")

    patch("support.platform.customers.records:new_customer", broken)


@defect("REQ-JRN-001", "a sign-up is taken whatever it says")
def any_sign_up_will_do() -> None:
    loosened("support.platform.identity.schemas:SignUp", email=str, company_name=str, plan=str)


@defect("REQ-JRN-001", "any password will do")
def any_password_will_do() -> None:
    patch("support.platform.identity.passwords:require_acceptable", lambda _: lambda *_given: None)


@defect("REQ-JRN-012", "the refusal says that the address is in use")
def refusal_tells() -> None:
    @instead_of("support.platform.identity.service:sign_up")
    def telling(sign_up: Broken, services: Any, asked: Any) -> Any:
        from support.platform.problems import Refusal

        try:
            return sign_up(services, asked)
        except Refusal as refusal:
            raise Refusal(409, "signup_refused", f"There is an account for {asked.email} already.") from refusal


@defect("REQ-JRN-012", "who signs up with a used address takes the account over")
def account_taken_over() -> None:
    @instead_of("support.platform.identity.service:sign_up")
    def generous(sign_up: Broken, services: Any, asked: Any) -> Any:
        from sqlalchemy import select

        from support.platform.identity.service import hasher
        from support.platform.tables import User

        with services.database.session() as session:
            user = session.scalars(select(User).where(User.email == asked.email)).one_or_none()
            if user is not None:
                user.password_hash = hasher(services.settings).hash(asked.password)
                return str(user.customer_id)
        return sign_up(services, asked)


@defect("REQ-JRN-002", "temporary keys of the role are kept")
def keys_kept() -> None:
    @instead_of("support.platform.customers.service:_onboard")
    def careless(onboard: Broken, services: Any, onboarding: Any) -> None:
        from support.platform.tables import Customer

        onboard(services, onboarding)
        with services.database.session() as session:
            customer = session.get_one(Customer, onboarding.id)
            account = services.cloud.for_customer(customer)
            keys = services.cloud.credentials_of(account._key).get_frozen_credentials()
            customer.status_reason = f"entered with {keys.access_key}"


@defect("REQ-JRN-002", "keys are taken where a role is asked for")
def keys_welcome() -> None:
    def broken(onboard: type) -> type:
        onboard.model_config = {**onboard.model_config, "extra": "ignore"}  # type: ignore[attr-defined]
        onboard.model_rebuild(force=True)  # type: ignore[attr-defined]
        return onboard

    patch("support.platform.customers.schemas:Onboard", broken)


@defect("REQ-JRN-003", "a good token of anybody connects")
def any_token_connects() -> None:
    @instead_of("support.platform.customers.service:connect_runtime")
    def careless(connect: Broken, services: Any, asked: Any) -> Any:
        from pydantic import SecretStr

        from support.platform.customers.service import agent_token
        from support.platform.identity.callers import Caller

        own = SecretStr(agent_token(services, Caller("system", "owner", asked.customer_id), asked.customer_id))
        return connect(services, asked.model_copy(update={"agent_token": own}))


@defect("REQ-JRN-003", "only the beginning of a token is looked at")
def token_half_read() -> None:
    patch("support.platform.identity.tokens:fingerprint", lambda fingerprint: lambda token: fingerprint(token[:30]))


@defect("REQ-JRN-013", "a failed onboarding says nothing to act on")
def reason_withheld() -> None:
    def broken(fail: Callable[..., None]) -> Callable[..., None]:
        return lambda services, customer, _reason: fail(services, customer, "The onboarding has failed.")

    patch("support.platform.customers.service:_fail_onboarding", broken)


@defect("REQ-JRN-013", "a failed onboarding keeps the account and the role")
def half_onboarded() -> None:
    @instead_of("support.platform.customers.service:_fail_onboarding")
    def forgetful(fail: Broken, services: Any, customer: Any, reason: str) -> None:
        from support.platform.tables import Customer

        role = customer.iam_role_arn
        fail(services, customer, reason)
        with services.database.session() as session:
            session.get_one(Customer, customer.id).iam_role_arn = role


@defect("REQ-JRN-013", "a role counts as assumed that nobody has assumed")
def role_never_tried() -> None:
    patch("support.platform.cloud:Cloud.check", lambda _: lambda _self, customer: customer.iam_role_arn.split(":")[4])


@defect("REQ-JRN-004", "only the first page of instances is read")
def first_page_only() -> None:
    @instead_of("support.platform.fleet.survey:_running")
    def hasty(_running: Broken, account: Any) -> list[Any]:
        running = [{"Name": "instance-state-name", "Values": ["running"]}]
        page = account.ec2.describe_instances(Filters=running, MaxResults=1000)
        return [machine for reservation in page["Reservations"] for machine in reservation["Instances"]]


@defect("REQ-JRN-004", "what is stopped counts as running")
def stopped_counts_too() -> None:
    @instead_of("support.platform.fleet.survey:_running")
    def generous(_running: Broken, account: Any) -> list[Any]:
        states = [{"Name": "instance-state-name", "Values": ["running", "stopped"]}]
        pages = account.ec2.get_paginator("describe_instances").paginate(Filters=states)
        return [machine for page in pages for reservation in page["Reservations"] for machine in reservation["Instances"]]


@defect("REQ-JRN-004", "whoever comes first is taken for everybody")
def customers_mixed_up() -> None:
    first: list[Any] = []

    @instead_of("support.platform.cloud:Cloud.for_customer")
    def confused(for_customer: Broken, cloud: Any, customer: Any) -> Any:
        first.append(for_customer(cloud, customer))
        return first[0]


@defect("REQ-JRN-004", "a node without a tag is counted to some deployment")
def untagged_counted_in() -> None:
    def broken(node: Callable[..., Any]) -> Callable[..., Any]:
        chat = [{"Key": "optiinfra:deployment", "Value": "chat"}]
        return lambda machine, market, load: node({**machine, "Tags": machine.get("Tags") or chat}, market, load)

    patch("support.platform.fleet.survey:_node", broken)


@defect("REQ-JRN-004", "every region is looked into, whatever the customer named")
def every_region_searched() -> None:
    @instead_of("support.platform.fleet.survey:_running")
    def curious(running: Broken, account: Any) -> list[Any]:
        elsewhere = account.client("ec2", "eu-west-1").describe_instances()
        return [*running(account), *(machine for reservation in elsewhere["Reservations"] for machine in reservation["Instances"])]


@defect("REQ-JRN-004", "a fleet is looked at once and for all")
def fleet_known_for_ever() -> None:
    first_look_for_ever()


@defect("REQ-JRN-003", "a runtime is let in and not put on record under its name")
def runtime_without_a_name() -> None:
    def broken(runtime: Callable[..., Any]) -> Callable[..., Any]:
        return lambda services, asked: runtime(services, asked.model_copy(update={"hostname": "somewhere"}))

    patch("support.platform.customers.service:_runtime", broken)


@defect("REQ-JRN-012", "whoever comes second is taken for the first")
def one_customer_at_a_time() -> None:
    @instead_of("support.platform.identity.service:sign_up")
    def wary(sign_up: Broken, services: Any, asked: Any) -> Any:
        from sqlalchemy import select

        from support.platform.problems import Refusal
        from support.platform.tables import Customer

        with services.database.reading() as session:
            taken = session.scalars(select(Customer.id).where(Customer.deleted_at.is_(None))).first()
        if taken is not None:
            raise Refusal(409, "signup_refused", "This sign-up cannot be completed.")
        return sign_up(services, asked)


@defect("REQ-JRN-013", "who has failed once can never onboard again")
def no_second_chance() -> None:
    failed: set[str] = set()

    @instead_of("support.platform.customers.service:begin_onboarding")
    def unforgiving(begin: Broken, services: Any, customer: Any) -> None:
        if customer.id not in failed:
            begin(services, customer)
        failed.add(customer.id)
