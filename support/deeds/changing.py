"""How a change goes from an approval to its end, and what must be true of it then."""

from __future__ import annotations

from datetime import datetime, timedelta

from support.drivers.api.answer import accepted
from support.drivers.api.optimizations import Optimization
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
from support.drivers.events import Timeline
from support.expectation import expect
from support.patience import Limit, spoken
from support.waiting import eventually
from support.words import OptimizationStatus


async def begin(platform: Platform, recommendation: Recommendation) -> str:
    """The customer approves; the id of the change that has begun."""
    decision = accepted(await platform.recommendations.approve(recommendation.id))
    expect(decision.optimization_id is not None, lambda: f"the approval should have started an optimization, but: {decision}")
    return str(decision.optimization_id)


async def carried_out(platform: Platform, recommendation: Recommendation, within: Limit) -> Optimization:
    """The change, once the customer has approved and it has completed; AssertionError as soon as it has ended otherwise."""
    return await ended(platform, await begin(platform, recommendation), "completed", within)


async def ended(platform: Platform, change_id: str, status: OptimizationStatus, within: Limit) -> Optimization:
    """The change, once it has ended in that state; AssertionError as soon as it has ended otherwise."""
    return await eventually(
        lambda: platform.optimizations.get(change_id),
        holds=lambda change: change.status == status,
        within=within,
        because=f"the change should end {status.replace('_', ' ')}",
        until_terminal=lambda change: change.ended,
    )


async def ask_for_rollback(platform: Platform, change_id: str) -> None:
    """The customer asks for the rollback, and it has begun."""
    accepted(await platform.optimizations.roll_back(change_id))


async def begun_to_go_back(platform: Platform, change_id: str, within: Limit) -> Optimization:
    """The customer asks for the rollback, and it is under way and needs time; AssertionError when it ends before."""
    await ask_for_rollback(platform, change_id)
    return await eventually(
        lambda: platform.optimizations.get(change_id),
        holds=lambda change: change.status == "rolling_back",
        within=within,
        because=f"the change {change_id} should be on its way back",
        until_terminal=lambda change: change.ended,
    )


async def reached(platform: Platform, change_id: str, step: str, within: Limit) -> Optimization:
    """The change, once that step is under way and time is needed for it to go on; AssertionError when the change ends before."""
    return await eventually(
        lambda: platform.optimizations.get(change_id),
        holds=lambda change: change.step(step).status == "running",
        within=within,
        because=f"the change should reach its step {step.replace('_', ' ')!r}",
        until_terminal=lambda change: change.ended,
    )


def lifetime(change: Optimization) -> tuple[datetime, datetime]:
    """When a change began and when it ended; AssertionError when it does not say so."""
    if change.started_at is None or change.finished_at is None:
        raise AssertionError(f"a change that has ended should say when it began and ended, but it is: {change}")
    return change.started_at, change.finished_at


def expect_completed_within(limit: timedelta, change: Optimization) -> None:
    """AssertionError when the change took longer, from its own start to its own end."""
    begun, finished = lifetime(change)
    took = finished - begun
    expect(took <= limit, lambda: f"the change should take at most {spoken(limit)}, but it took {spoken(took)}: {change}")


def expect_rolled_back_within(limit: timedelta, told: Timeline, change: Optimization) -> None:
    """AssertionError when the rollback took longer, from its trigger to its end, as the customer was told."""
    begun = [event.timestamp for event in told.of_type("rollback_started") if event.payload.get("optimization_id") == change.id]
    done = [event.timestamp for event in told.of_type("rollback_completed") if event.payload.get("optimization_id") == change.id]
    if len(begun) != 1 or len(done) != 1:
        raise AssertionError(f"the customer should be told once that the rollback began and once that it ended, but was told: {told}")
    took = done[0] - begun[0]
    expect(took <= limit, lambda: f"the rollback should take at most {spoken(limit)}, but it took {spoken(took)}")


def expect_told_live(change: Optimization, told: Timeline) -> None:
    """AssertionError when the customer was not told of every step's beginning and end, in order."""
    expected = [(kind, step.name) for step in change.execution_steps for kind in ("step_started", "step_completed")]
    heard = [
        (event.type, event.payload.get("step"))
        for event in told.of_type("step_started", "step_completed")
        if event.payload.get("optimization_id") == change.id
    ]
    expect(heard == expected, lambda: f"the customer should be told of every step in order\n  expected: {expected}\n  told:     {heard}")


def expect_step_failed(told: Timeline, change: Optimization, step: str) -> None:
    """AssertionError when the customer was not told that this step failed, or for another cause than the change says."""
    failed = [event.payload for event in told.of_type("step_failed") if event.payload.get("optimization_id") == change.id]
    seen = [(payload.get("step"), payload.get("cause")) for payload in failed]
    expect(bool(change.cause), lambda: f"the change should say why it was taken back, but it does not: {change}")
    expect(seen == [(step, change.cause)], lambda: f"the step {step} should have failed because {change.cause}, but the customer was told: {seen}")
