"""Defects of the customer journey."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from support.sabotage.registry import defect, patch


@defect("REQ-JRN-004", "the last instance of the account is overlooked")
def last_instance_overlooked() -> None:
    def broken(running: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
        return lambda account: running(account)[:-1]

    patch("support.platform.fleet.survey:_running", broken)


@defect("REQ-JRN-005", "the resource agent waits to be asked")
def resource_agent_sleeps() -> None:
    def broken(order: Iterable[str]) -> tuple[str, ...]:
        return tuple(agent for agent in order if agent != "resource")

    patch("support.platform.agents.service:ORDER", broken)


@defect("REQ-JRN-007", "the dashboard promises five dollars too much")
def dashboard_rounds_up() -> None:
    def broken(answer: type) -> type:
        class Generous(answer):  # type: ignore[misc]  # made from whatever the platform answers with
            def __init__(self, **values: Any) -> None:  # noqa: ANN401 - as the original
                super().__init__(**values | {"potential_savings": values["potential_savings"] + Decimal(5)})

        Generous.__name__ = answer.__name__
        return Generous

    patch("support.platform.portal.routes:Dashboard", broken)


@defect("REQ-JRN-009", "the end of a step is not told")
def steps_end_in_silence() -> None:
    def broken(publish: Callable[..., int]) -> Callable[..., int]:
        def silent(self: Any, session: Any, customer_id: str, event_type: str, *rest: Any, **more: Any) -> int:  # noqa: ANN401 - as the original
            return 0 if event_type == "step_completed" else publish(self, session, customer_id, event_type, *rest, **more)

        return silent

    patch("support.platform.events:Events.publish", broken)


@defect("REQ-JRN-010", "a quarter of the saving is lost between the book and the dashboard")
def dashboard_forgets_savings() -> None:
    def broken(answer: type) -> type:
        class Forgetful(answer):  # type: ignore[misc]  # made from whatever the platform answers with
            def __init__(self, **values: Any) -> None:  # noqa: ANN401 - as the original
                super().__init__(**values | {"realized_savings": values["realized_savings"] * Decimal("0.75")})

        Forgetful.__name__ = answer.__name__
        return Forgetful

    patch("support.platform.portal.routes:Dashboard", broken)


@defect("REQ-JRN-011", "nobody looks at a fleet again")
def monitoring_forgotten() -> None:
    patch("support.platform.agents.lifecycle:monitor", lambda _: lambda _services: None)


@defect("REQ-JRN-005", "a discovered fleet is looked at only when somebody asks")
def agents_wait_to_be_asked() -> None:
    patch("support.platform.agents.service:analyse", lambda _: lambda *_given: None)


@defect("REQ-JRN-005", "idle nodes are taken for busy ones")
def idle_nodes_overlooked() -> None:
    patch("support.platform.agents.cost:is_idle", lambda _: lambda _node: False)


@defect("REQ-JRN-006", "every node that works is too large for its work")
def advice_for_the_sake_of_it() -> None:
    patch("support.platform.agents.resource:UNDERUSED", lambda _: Decimal(101))
    patch("support.platform.agents.resource:HEADROOM", lambda _: Decimal(100))


@defect("REQ-JRN-006", "advice stays when its reason has gone")
def advice_outlives_its_reason() -> None:
    patch("support.platform.recommendations.service:withdraw", lambda _: lambda *_given: None)


@defect("REQ-JRN-007", "what was rejected still counts as potential savings")
def rejected_still_counted() -> None:
    turned_down: list[Decimal] = []

    def remembering(turn_down: Callable[..., None]) -> Callable[..., None]:
        def broken(services: Any, session: Any, recommendation: Any, *given: str) -> None:  # noqa: ANN401 - as the original
            turned_down.append(recommendation.estimated_savings)
            turn_down(services, session, recommendation, *given)

        return broken

    def broken(answer: type) -> type:
        class Nostalgic(answer):  # type: ignore[misc]  # made from whatever the platform answers with
            def __init__(self, **values: Any) -> None:  # noqa: ANN401 - as the original
                super().__init__(**values | {"potential_savings": values["potential_savings"] + sum(turned_down)})

        Nostalgic.__name__ = answer.__name__
        return Nostalgic

    patch("support.platform.recommendations.decisions:turn_down", remembering)
    patch("support.platform.portal.routes:Dashboard", broken)


@defect("REQ-JRN-009", "the screen hears of each step a step later")
def steps_told_late() -> None:
    def broken(publish: Callable[..., int]) -> Callable[..., int]:
        held: dict[str, tuple[Any, ...]] = {}

        def late(self: Any, session: Any, customer_id: str, event_type: str, *rest: Any, **more: Any) -> int:  # noqa: ANN401 - as the original
            if event_type == "step_started":
                waiting, held[customer_id] = held.get(customer_id), (event_type, rest, more)
                return 0 if waiting is None else publish(self, session, customer_id, waiting[0], *waiting[1], **waiting[2])
            return publish(self, session, customer_id, event_type, *rest, **more)

        return late

    patch("support.platform.events:Events.publish", broken)


@defect("REQ-JRN-009", "nobody is told that a step was undone")
def undoing_in_silence() -> None:
    def broken(publish: Callable[..., int]) -> Callable[..., int]:
        def silent(self: Any, session: Any, customer_id: str, event_type: str, *rest: Any, **more: Any) -> int:  # noqa: ANN401 - as the original
            return 0 if event_type == "step_undone" else publish(self, session, customer_id, event_type, *rest, **more)

        return silent

    patch("support.platform.events:Events.publish", broken)


@defect("REQ-JRN-010", "the dashboard goes on showing the spend of the first day")
def spend_of_yesterday() -> None:
    def broken(keep: Callable[..., None]) -> Callable[..., None]:
        known: set[str] = set()

        def once(session: Any, customer_id: str, fleet: Any) -> None:  # noqa: ANN401 - as the original
            if customer_id not in known:
                keep(session, customer_id, fleet)
            known.add(customer_id)

        return once

    patch("support.platform.fleet.records:keep", broken)


@defect("REQ-JRN-010", "the prediction is shown as realised")
def promise_shown_as_saving() -> None:
    def broken(completed: Callable[..., Any]) -> Callable[..., Any]:
        def ending(engine: Any, _saving: Decimal, *rest: Any) -> Any:  # noqa: ANN401 - as the original
            def write(session: Any, row: Any) -> None:  # noqa: ANN401 - as the original
                completed(engine, Decimal(str(row.plan["predicted"])), *rest)(session, row)

            return write

        return ending

    patch("support.platform.optimizations.ending:completed", broken)


@defect("REQ-JRN-011", "who has had a change is not looked at any more")
def monitoring_ends_with_a_change() -> None:
    patch("support.platform.agents.lifecycle:IN_MOTION", lambda states: (*states, "completed", "rolled_back"))


@defect("REQ-JRN-011", "the first look that fails is the last")
def monitoring_gives_up() -> None:
    def broken(failed: Callable[..., None]) -> Callable[..., None]:
        def resigned(services: Any, customer_id: str, error: str) -> None:  # noqa: ANN401 - as the original
            from support.platform.tables import Customer

            failed(services, customer_id, error)
            with services.database.session() as session:
                session.get_one(Customer, customer_id).status = "onboarding"

        return resigned

    patch("support.platform.fleet.service:_failed", broken)


@defect("REQ-JRN-007", "only the last saving is summed")
def last_saving_only() -> None:
    def broken(total: Callable[..., Decimal]) -> Callable[..., Decimal]:
        def forgetful(amounts: Iterable[Decimal]) -> Decimal:
            listed = list(amounts)
            return total(listed[-1:])

        return forgetful

    patch("support.platform.portal.routes:_sum", broken)
