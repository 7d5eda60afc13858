"""Defects of the customer journey."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from support.sabotage.breaking import Broken, first_look_for_ever, instead_of, shown, untold
from support.sabotage.registry import defect, patch

DASHBOARD = "support.platform.portal.routes:Dashboard"


@defect("REQ-JRN-004", "the last instance of the account is overlooked")
def last_instance_overlooked() -> None:
    patch("support.platform.fleet.survey:_running", lambda running: lambda account: running(account)[:-1])


@defect("REQ-JRN-005", "the resource agent waits to be asked")
def resource_agent_sleeps() -> None:
    def broken(order: Iterable[str]) -> tuple[str, ...]:
        return tuple(agent for agent in order if agent != "resource")

    patch("support.platform.agents.service:ORDER", broken)


@defect("REQ-JRN-007", "the dashboard promises five dollars too much")
def dashboard_rounds_up() -> None:
    shown(DASHBOARD, lambda values: {"potential_savings": values["potential_savings"] + Decimal(5)})


@defect("REQ-JRN-009", "the end of a step is not told")
def steps_end_in_silence() -> None:
    untold("step_completed")


@defect("REQ-JRN-010", "a quarter of the saving is lost between the book and the dashboard")
def dashboard_forgets_savings() -> None:
    shown(DASHBOARD, lambda values: {"realized_savings": values["realized_savings"] * Decimal("0.75")})


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

    @instead_of("support.platform.recommendations.decisions:turn_down")
    def remembering(turn_down: Broken, services: Any, session: Any, recommendation: Any, *given: str) -> None:
        turned_down.append(recommendation.estimated_savings)
        turn_down(services, session, recommendation, *given)

    shown(DASHBOARD, lambda values: {"potential_savings": values["potential_savings"] + sum(turned_down)})


@defect("REQ-JRN-009", "the screen hears of each step a step later")
def steps_told_late() -> None:
    held: dict[str, tuple[Any, ...]] = {}

    @instead_of("support.platform.events:Events.publish")
    def late(publish: Broken, self: Any, session: Any, customer_id: str, event_type: str, *rest: Any, **more: Any) -> Any:
        if event_type == "step_started":
            waiting, held[customer_id] = held.get(customer_id), (event_type, rest, more)
            return 0 if waiting is None else publish(self, session, customer_id, waiting[0], *waiting[1], **waiting[2])
        return publish(self, session, customer_id, event_type, *rest, **more)


@defect("REQ-JRN-009", "nobody is told that a step was undone")
def undoing_in_silence() -> None:
    untold("step_undone")


@defect("REQ-JRN-010", "the dashboard goes on showing the spend of the first day")
def spend_of_yesterday() -> None:
    first_look_for_ever()


@defect("REQ-JRN-010", "the prediction is shown as realised")
def promise_shown_as_saving() -> None:
    @instead_of("support.platform.optimizations.ending:completed")
    def ending(completed: Broken, engine: Any, _saving: Decimal, *rest: Any) -> Any:
        def write(session: Any, row: Any) -> None:
            completed(engine, Decimal(str(row.plan["predicted"])), *rest)(session, row)

        return write


@defect("REQ-JRN-011", "who has had a change is not looked at any more")
def monitoring_ends_with_a_change() -> None:
    patch("support.platform.agents.lifecycle:IN_MOTION", lambda states: (*states, "completed", "rolled_back"))


@defect("REQ-JRN-011", "the first look that fails is the last")
def monitoring_gives_up() -> None:
    @instead_of("support.platform.fleet.service:_failed")
    def resigned(failed: Broken, services: Any, customer_id: str, error: str) -> None:
        from support.platform.tables import Customer

        failed(services, customer_id, error)
        with services.database.session() as session:
            session.get_one(Customer, customer_id).status = "onboarding"


@defect("REQ-JRN-007", "only the last saving is summed")
def last_saving_only() -> None:
    @instead_of("support.platform.portal.routes:_sum")
    def forgetful(total: Broken, amounts: Iterable[Decimal]) -> Any:
        listed = list(amounts)
        return total(listed[-1:])
