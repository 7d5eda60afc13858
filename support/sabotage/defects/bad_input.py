"""Defects in the handling of input that breaks the contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from support.sabotage.registry import defect, patch

Broken = Callable[..., Any]


@defect("REQ-RES-008", "the refusal does not say what is wrong")
def refusal_says_nothing() -> None:
    def broken(_handler: Broken) -> Broken:
        async def curt(_request: Any, _error: Any) -> Any:
            from support.platform.problems import Refusal, answer

            return answer(Refusal(422, "invalid_input", "The input is invalid."))

        return curt

    patch("support.platform.problems:_broken_contract", broken)


@defect("REQ-RES-008", "a short password is as good as a long one")
def short_passwords_will_do() -> None:
    patch("support.platform.identity.passwords:require_acceptable", lambda _: lambda *_given: None)


@defect("REQ-RES-008", "parts that nobody knows are passed over in silence")
def surplus_passed_over() -> None:
    def broken(ask: Any) -> Any:
        from pydantic import ConfigDict

        return type(ask.__name__, (ask,), {"model_config": ConfigDict(extra="ignore"), "__module__": ask.__module__})

    patch("support.platform.values:Ask", broken)


@defect("REQ-RES-008", "a refused request is noted as a change of the customer's settings")
def refusals_change_something() -> None:
    def broken(handler: Broken) -> Broken:
        async def noting(request: Any, error: Any) -> Any:
            from sqlalchemy import update
            from starlette.concurrency import run_in_threadpool

            from support.platform.services import services_of
            from support.platform.tables import Customer

            def note() -> None:
                with services_of(request).database.session() as session:
                    session.execute(update(Customer).values(version=Customer.version + 1))

            await run_in_threadpool(note)
            return await handler(request, error)

        return noting

    patch("support.platform.problems:_broken_contract", broken)
