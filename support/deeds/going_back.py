"""What must be true of a rollback, by what the customer was told, what users have seen and what the cloud was asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from support.deeds.changing import ask_for_rollback, begin
from support.drivers.api.optimizations import Optimization
from support.drivers.api.platform import Platform
from support.drivers.api.portal import Alert
from support.drivers.events import Event, Timeline
from support.drivers.history import CloudCall
from support.drivers.simulator import HeldCall, Simulator
from support.expectation import expect
from support.patience import Limit
from support.story import Story
from support.waiting import at_the_instant
from support.witness.changes import changes
from support.witness.traffic import Witnessed, expect_no_request_lost

AFTERWARDS = timedelta(minutes=1)
"""So long after a rollback users are still asked whether they have noticed."""


PLANNING = (HeldCall("ssm", "GetParametersByPath", "before"),)
"""A migration looks at the fleet's settings before it decides on anything, and OptiInfra asks for them so at no other time before."""

BOOKING = (HeldCall("ec2", "TerminateInstances", "before"), HeldCall("ec2", "DescribeSpotPriceHistory", "before"))
"""After the last step of a migration, OptiInfra looks at what its nodes cost to book what is saved."""


async def taken_back_during(calls: Sequence[HeldCall], platform: Platform, simulator: Simulator, story: Story, within: Limit) -> Optimization:
    """The change that the customer has approved, and asked to be taken back at the last of these calls, made one after the other.

    AssertionError when OptiInfra never comes to one of them.
    """
    account = story.customer.account
    first = await simulator.hold_call(account, calls[0])
    change_id = await begin(platform, story.recommendation)

    async def come_to(call: HeldCall, hold: str, following: Sequence[HeldCall]) -> None:
        async def act() -> None:
            if following:
                next_hold = await simulator.hold_call(account, following[0])
                await simulator.release_call(account, hold)
                await come_to(following[0], next_hold, following[1:])
            else:
                await ask_for_rollback(platform, change_id)
                await simulator.release_call(account, hold)

        await at_the_instant(simulator.held(account, hold), act, within, f"OptiInfra should come to {call}")

    await come_to(calls[0], first, calls[1:])
    return await platform.optimizations.get(change_id)


def told_of(told: Timeline, change: Optimization, *types: str) -> list[Event]:
    """The events of these types about the change."""
    return [event for event in told.of_type(*types) if event.payload.get("optimization_id") == change.id]


def expect_unnoticed(users: Witnessed, told: Timeline, change: Optimization) -> None:
    """AssertionError when a request was lost from the trigger of the rollback until a minute after its end, or too few were made to say so."""
    begun, done = told_of(told, change, "rollback_started"), told_of(told, change, "rollback_completed")
    expect(bool(begun and done), lambda: f"the change should have been taken back, but the customer was told: {told}")
    first, last = begun[0].timestamp, done[-1].timestamp + AFTERWARDS
    expect_no_request_lost(Witnessed([seen for seen in users.observations if first <= seen.time <= last]))


def expect_begun_once(told: Timeline, change: Optimization) -> None:
    """AssertionError when the customer was not told exactly once that the change goes back, that each step was undone, and how it ended."""
    heard = [(event.type, event.payload.get("step")) for event in told_of(told, change, "rollback_started", "step_undone", "rollback_completed")]
    wanted = [("rollback_started", None), *(("step_undone", step.name) for step in reversed(change.execution_steps) if step.started_at)]
    plain = [(kind, step if kind == "step_undone" else None) for kind, step in heard]
    expected = [*wanted, ("rollback_completed", None)]
    expect(plain == expected, lambda: f"the customer should be told of one rollback\n  expected: {expected}\n  told:     {plain}")


def expect_asked_nothing_since(before: Sequence[CloudCall], now: Sequence[CloudCall]) -> None:
    """AssertionError when OptiInfra has asked for a change of the cloud since, or had never asked for any."""
    earlier, later = changes(before), changes(now)
    more = later[len(earlier) :]
    asked = ", ".join(map(str, more)) or "nothing ever"
    expect(bool(earlier) and not more, lambda: f"OptiInfra should ask for nothing more, but it asked for: {asked}")


def expect_alarmed(told: Timeline, alerts: Sequence[Alert], change: Optimization) -> None:
    """AssertionError when the customer was not told once, live and by a grave alert, that the rollback could not be completed."""
    live = told_of(told, change, "rollback_failed")
    kept = [(alert.kind, alert.severity) for alert in alerts if alert.optimization_id == change.id]
    expect(len(live) == 1, lambda: f"the customer should be told once that the rollback failed, but was told: {told}")
    expect(kept == [("rollback_failed", "high")], lambda: f"there should be one grave alert of the failed rollback, but there is: {kept or 'none'}")


def expect_nothing_claimed(change: Optimization, told: Timeline) -> None:
    """AssertionError when the change or an event says that the fleet was restored, or the change does not say what is not."""
    result = change.result
    if result is None:
        raise AssertionError(f"the change should say what is not restored, but it has no result: {change}")
    expect(result.restored is False and bool(result.differences), lambda: f"the change should say what is not restored, but its result is: {result}")
    claimed = told_of(told, change, "rollback_completed")
    expect(not claimed, lambda: f"nobody should be told that the rollback is complete, but: {', '.join(map(str, claimed))}")
