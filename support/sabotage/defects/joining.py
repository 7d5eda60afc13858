"""Defects of sign-up, onboarding, the connection of runtimes and discovery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

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
    def broken(asked: Any) -> Any:  # noqa: ANN401 - the class of the request
        texts = {"email": str, "company_name": str, "plan": str}
        return type(asked.__name__, (asked,), {"__annotations__": texts, "__module__": asked.__module__})

    patch("support.platform.identity.schemas:SignUp", broken)


@defect("REQ-JRN-001", "any password will do")
def any_password_will_do() -> None:
    patch("support.platform.identity.passwords:require_acceptable", lambda _: lambda *_given: None)


@defect("REQ-JRN-012", "the refusal says that the address is in use")
def refusal_tells() -> None:
    def broken(sign_up: Callable[..., str]) -> Callable[..., str]:
        def telling(services: Any, asked: Any) -> str:  # noqa: ANN401 - as the original
            from support.platform.problems import Refusal

            try:
                return sign_up(services, asked)
            except Refusal as refusal:
                raise Refusal(409, "signup_refused", f"There is an account for {asked.email} already.") from refusal

        return telling

    patch("support.platform.identity.service:sign_up", broken)


@defect("REQ-JRN-012", "who signs up with a used address takes the account over")
def account_taken_over() -> None:
    def broken(sign_up: Callable[..., str]) -> Callable[..., str]:
        def generous(services: Any, asked: Any) -> str:  # noqa: ANN401 - as the original
            from sqlalchemy import select

            from support.platform.identity.service import hasher
            from support.platform.tables import User

            with services.database.session() as session:
                user = session.scalars(select(User).where(User.email == asked.email)).one_or_none()
                if user is not None:
                    user.password_hash = hasher(services.settings).hash(asked.password)
                    return str(user.customer_id)
            return sign_up(services, asked)

        return generous

    patch("support.platform.identity.service:sign_up", broken)


@defect("REQ-JRN-002", "temporary keys of the role are kept")
def keys_kept() -> None:
    def broken(onboard: Callable[..., None]) -> Callable[..., None]:
        def careless(services: Any, customer_id: str) -> None:  # noqa: ANN401 - as the original
            from support.platform.tables import Customer

            onboard(services, customer_id)
            with services.database.session() as session:
                customer = session.get_one(Customer, customer_id)
                account = services.cloud.for_customer(customer)
                keys = services.cloud.credentials_of(account._key).get_frozen_credentials()  # noqa: SLF001 - of the broken platform
                customer.status_reason = f"entered with {keys.access_key}"

        return careless

    patch("support.platform.customers.service:_onboard", broken)


@defect("REQ-JRN-002", "keys are taken where a role is asked for")
def keys_welcome() -> None:
    def broken(onboard: type) -> type:
        onboard.model_config = {**onboard.model_config, "extra": "ignore"}  # type: ignore[attr-defined]
        onboard.model_rebuild(force=True)  # type: ignore[attr-defined]
        return onboard

    patch("support.platform.customers.schemas:Onboard", broken)


@defect("REQ-JRN-003", "a good token of anybody connects")
def any_token_connects() -> None:
    def broken(connect: Callable[..., str]) -> Callable[..., str]:
        def careless(services: Any, asked: Any) -> str:  # noqa: ANN401 - as the original
            from pydantic import SecretStr

            from support.platform.customers.service import agent_token
            from support.platform.identity.callers import Caller

            own = SecretStr(agent_token(services, Caller("system", "owner", asked.customer_id), asked.customer_id))
            return connect(services, asked.model_copy(update={"agent_token": own}))

        return careless

    patch("support.platform.customers.service:connect_runtime", broken)


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
    def broken(fail: Callable[..., None]) -> Callable[..., None]:
        def forgetful(services: Any, customer: Any, reason: str) -> None:  # noqa: ANN401 - as the original
            from support.platform.tables import Customer

            role = customer.iam_role_arn
            fail(services, customer, reason)
            with services.database.session() as session:
                session.get_one(Customer, customer.id).iam_role_arn = role

        return forgetful

    patch("support.platform.customers.service:_fail_onboarding", broken)


@defect("REQ-JRN-013", "a role counts as assumed that nobody has assumed")
def role_never_tried() -> None:
    patch("support.platform.cloud:Cloud.check", lambda _: lambda _self, customer: customer.iam_role_arn.split(":")[4])


@defect("REQ-JRN-004", "only the first page of instances is read")
def first_page_only() -> None:
    def broken(_running: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
        def hasty(account: Any) -> list[Any]:  # noqa: ANN401 - as the original
            running = [{"Name": "instance-state-name", "Values": ["running"]}]
            page = account.ec2.describe_instances(Filters=running, MaxResults=1000)
            return [machine for reservation in page["Reservations"] for machine in reservation["Instances"]]

        return hasty

    patch("support.platform.fleet.survey:_running", broken)


@defect("REQ-JRN-004", "what is stopped counts as running")
def stopped_counts_too() -> None:
    def broken(_running: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
        def generous(account: Any) -> list[Any]:  # noqa: ANN401 - as the original
            states = [{"Name": "instance-state-name", "Values": ["running", "stopped"]}]
            pages = account.ec2.get_paginator("describe_instances").paginate(Filters=states)
            return [machine for page in pages for reservation in page["Reservations"] for machine in reservation["Instances"]]

        return generous

    patch("support.platform.fleet.survey:_running", broken)


@defect("REQ-JRN-004", "whoever comes first is taken for everybody")
def customers_mixed_up() -> None:
    def broken(for_customer: Callable[..., Any]) -> Callable[..., Any]:
        first: list[Any] = []

        def confused(cloud: Any, customer: Any) -> Any:  # noqa: ANN401 - as the original
            first.append(for_customer(cloud, customer))
            return first[0]

        return confused

    patch("support.platform.cloud:Cloud.for_customer", broken)


@defect("REQ-JRN-004", "a node without a tag is counted to some deployment")
def untagged_counted_in() -> None:
    def broken(node: Callable[..., Any]) -> Callable[..., Any]:
        chat = [{"Key": "optiinfra:deployment", "Value": "chat"}]
        return lambda machine, market, load: node({**machine, "Tags": machine.get("Tags") or chat}, market, load)

    patch("support.platform.fleet.survey:_node", broken)


@defect("REQ-JRN-004", "every region is looked into, whatever the customer named")
def every_region_searched() -> None:
    def broken(running: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
        def curious(account: Any) -> list[Any]:  # noqa: ANN401 - as the original
            elsewhere = account.client("ec2", "eu-west-1").describe_instances()
            return [*running(account), *(machine for reservation in elsewhere["Reservations"] for machine in reservation["Instances"])]

        return curious

    patch("support.platform.fleet.survey:_running", broken)


@defect("REQ-JRN-004", "a fleet is looked at once and for all")
def fleet_known_for_ever() -> None:
    def broken(keep: Callable[..., None]) -> Callable[..., None]:
        known: set[str] = set()

        def once(session: Any, customer_id: str, fleet: Any) -> None:  # noqa: ANN401 - as the original
            if customer_id not in known:
                keep(session, customer_id, fleet)
            known.add(customer_id)

        return once

    patch("support.platform.fleet.records:keep", broken)


@defect("REQ-JRN-003", "a runtime is let in and not put on record under its name")
def runtime_without_a_name() -> None:
    def broken(runtime: Callable[..., Any]) -> Callable[..., Any]:
        return lambda services, asked: runtime(services, asked.model_copy(update={"hostname": "somewhere"}))

    patch("support.platform.customers.service:_runtime", broken)


@defect("REQ-JRN-012", "whoever comes second is taken for the first")
def one_customer_at_a_time() -> None:
    def broken(sign_up: Callable[..., str]) -> Callable[..., str]:
        def wary(services: Any, asked: Any) -> str:  # noqa: ANN401 - as the original
            from sqlalchemy import select

            from support.platform.problems import Refusal
            from support.platform.tables import Customer

            with services.database.reading() as session:
                taken = session.scalars(select(Customer.id).where(Customer.deleted_at.is_(None))).first()
            if taken is not None:
                raise Refusal(409, "signup_refused", "This sign-up cannot be completed.")
            return sign_up(services, asked)

        return wary

    patch("support.platform.identity.service:sign_up", broken)


@defect("REQ-JRN-013", "who has failed once can never onboard again")
def no_second_chance() -> None:
    def broken(begin: Callable[..., None]) -> Callable[..., None]:
        failed: set[str] = set()

        def unforgiving(services: Any, customer_id: str) -> None:  # noqa: ANN401 - as the original
            if customer_id not in failed:
                begin(services, customer_id)
            failed.add(customer_id)

        return unforgiving

    patch("support.platform.customers.service:begin_onboarding", broken)
