"""What a customer who watches has been told of a change, against what the change says of itself."""

from __future__ import annotations

from support.drivers.api.optimizations import Optimization
from support.drivers.api.portal import Dashboard
from support.drivers.events import Event, Timeline
from support.expectation import expect


def expect_told_at_the_moment(change: Optimization, told: Timeline) -> None:
    """AssertionError when an event of a step carries another time than the step's own, or one is missing."""
    happened = [
        (kind, step.name, when)
        for step in change.execution_steps
        for kind, when in (("step_started", step.started_at), ("step_completed", step.finished_at))
    ]
    heard = [(event.type, event.payload.get("step"), event.timestamp) for event in _of(change, told, "step_started", "step_completed")]
    expect(heard == happened, lambda: f"each step should be told when it happens\n  happened: {happened}\n  told:     {heard}")


def expect_told_so_far(change: Optimization, told: Timeline) -> None:
    """AssertionError when the customer was told of other steps than those that have begun and ended so far."""
    so_far = [("step_started", step.name) for step in change.execution_steps if step.status != "pending"]
    so_far += [("step_completed", step.name) for step in change.execution_steps if step.status == "completed"]
    heard = [(event.type, event.payload.get("step")) for event in _of(change, told, "step_started", "step_completed", "step_failed")]
    running = [step.name for step in change.execution_steps if step.status == "running"]
    expect(len(running) == 1, lambda: f"one step should be under way, but: {change}")
    expect(sorted(heard) == sorted(so_far), lambda: f"the customer should be told of the steps so far\n  so far: {so_far}\n  told:   {heard}")
    expect(heard[-1] == ("step_started", running[0]), lambda: f"the last news should be that {running[0]} has begun, but it is {heard[-1]}")


def expect_shown_under_way(dashboard: Dashboard, change: Optimization) -> None:
    """AssertionError when the dashboard does not show exactly this change, with exactly the steps that it is at."""
    shown = [(active.id, active.status, [step.status for step in active.execution_steps]) for active in dashboard.active_optimizations]
    wanted = [(change.id, "running", [step.status for step in change.execution_steps])]
    expect(shown == wanted, lambda: f"the dashboard should show the change that is under way\n  expected: {wanted}\n  shown:    {shown}")


def expect_undoing_told(change: Optimization, told: Timeline) -> None:
    """AssertionError when not every step that had begun was told to be undone, once and the last first, with the time of the event in order."""
    undone = _of(change, told, "step_undone")
    begun = [step.name for step in change.execution_steps if step.status == "undone"]
    heard = [event.payload.get("step") for event in undone]
    expect(bool(begun) and heard == begun[::-1], lambda: f"the customer should be told of each step undone, {begun[::-1]}, but was told {heard}")


def _of(change: Optimization, told: Timeline, *types: str) -> list[Event]:
    return [event for event in told.of_type(*types) if event.payload.get("optimization_id") == change.id]
