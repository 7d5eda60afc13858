"""Alarms and reasons as the customer is told of them live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from support.drivers.api.optimizations import Optimization
from support.drivers.api.portal import Alert
from support.drivers.events import Event, Events, Timeline
from support.expectation import expect
from support.patience import Limit
from support.story import Customer
from support.vocabulary import Percent
from support.waiting import eventually

ALARM = "quality_alarm"


async def detected(events: Events, customer: Customer, patience: Limit, limit: timedelta) -> Event:
    """The first quality alarm, once it has come; AssertionError when it does not come within `limit` from now on."""
    seen = await eventually(
        lambda: events.of(customer.id, customer.owner),
        holds=lambda told: bool(told.of_type(ALARM)),
        within=replace(patience, length=limit),
        because=f"{customer.name} should be told that quality has fallen",
    )
    return seen.of_type(ALARM)[0]


def expect_degradation(alarm: Event, share: Percent) -> None:
    """AssertionError when the alarm tells another degradation."""
    told = str(alarm.payload.get("detail"))
    expect(f", {share} below the baseline" in told, lambda: f"a degradation of {share} should be detected, but the customer is told: {told}")


def expect_no_alarm(told: Timeline, alerts: Sequence[Alert]) -> None:
    """AssertionError when the customer was told that quality had fallen."""
    raised = [*map(str, told.of_type(ALARM)), *(alert.message for alert in alerts if alert.kind == "quality")]
    expect(not raised, lambda: f"a degradation of up to 5% should raise no alarm, but: {'; '.join(raised)}")


def expect_told_reason(told: Timeline, change: Optimization, trigger: str) -> None:
    """AssertionError when the change was not taken back once, or for another reason."""
    begun = [event for event in told.of_type("rollback_started") if event.payload.get("optimization_id") == change.id]
    reasons = [(event.payload.get("trigger"), event.payload.get("cause")) for event in begun]
    wanted = trigger.replace("_", " ")
    right = [reason for reason, _ in reasons] == [trigger]
    expect(right, lambda: f"the change should be taken back because of {wanted}, but the customer was told: {reasons or 'nothing'}")
